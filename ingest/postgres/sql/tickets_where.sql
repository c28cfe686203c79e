    -- What a filter asks of a ticket t, of what holds it, h, and of the rule r that does. The blacklist is in its own
    -- tab: it is left out unless a kind or a rule is asked for.
    t.messages > 0
    and ($1::uuid is null or t.contact = any (kin($1)))
    and ($2::text is null or t.channel = (select id from channels where name = $2))
    and case when $3::text is not null then coalesce(r.kind, 'system') = $3
             else $4::bigint <> 0 or r.kind is distinct from 'blacklist' end
    and ($4 = 0 or h.rule = $4)
    and ($5::text is null or coalesce(r.reason, h.reason) = $5)
    and ($6::text is null or t.id in (select x.ticket from held_texts x where x.text like $6))
    and ($7::bool is null or coalesce(r.expires_at <= $8::timestamptz, false) = $7)
    and ($9::bool is null or (t.opened_at is not null) = $9)
    and ($10::bool is null or (t.likely >= 2) = $10)
    and ($11::bool is null or (t.likely >= 4) = $11)
    and ($12::timestamptz is null or t.held_at >= $12)
    and ($13::timestamptz is null or t.held_at < $13)
    and ($14::text is null or t.domain = case $14 when 'none' then '' else $14 end)
