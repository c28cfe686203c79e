  -- Of the tickets with a text: $15 are all of them. One that too many have for that, $16, is looked for ticket by ticket: a
  -- part of the list is full soon.
  ($15::uuid[] is null or c.id = any ($15))
  and ($16::text is null or coalesce((select true from held_texts x where x.ticket = c.id and x.text like $16 limit 1), false))
