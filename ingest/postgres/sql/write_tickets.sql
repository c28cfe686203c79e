-- The contacts are locked or new: whoever asks for a review or answers one of them does so before this or after it, and
-- then finds the ticket. Each is asked for by itself, lest a kept plan read whole tables.
insert into tickets (id, contact, channel, messages, rule, reason, domain, likely)
select x.id, x.contact, x.channel, x.n, nullif(x.rule, 0), x.reason, x.domain, x.passed
       + coalesce((select 4 from contacts k join contacts c on c.id = coalesce(k.merged_into, k.id) where k.id = x.contact and c.review_at is not null), 0)
       + coalesce((select 2 from conversations v where v.contact = any (kin(x.contact)) and v.answered_at is not null limit 1), 0)
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::int[])
  x(id, contact, channel, n, rule, reason, domain, passed)
