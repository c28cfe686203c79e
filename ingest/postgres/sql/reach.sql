-- What a rule may have met lately, out of the $2 newest messages, by the kind of its target: net, text (any of $5 is in
-- an identity), contact ($4, or any of $5), everyone. Whether it did, the rule says.
select m.id, m.channel, m.state, m.received_at, survivor(m.contact), m.conversation, m.envelope
from (select * from messages order by id desc limit $2) m
where m.received_at >= $1 and m.state in ('conversed', 'held')
  and case $3
    when 'everyone' then true
    when 'net' then m.envelope ? 'client_ip'
    else $3 = 'contact' and m.contact = any (kin($4::uuid))
      or exists (select from unnest($5::text[]) n where strpos(m.sender, n) > 0 or strpos((m.envelope->'identities')::text, n) > 0)
  end
