-- Asks that senders be told something: each contact of each kind once a day.
with asked as (
  select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) x(contact, notice, message, channel)
),
told as (
  insert into notices as n (contact, notice, at) select contact, notice, $5 from asked order by contact, notice
  on conflict (contact, notice) do update set at = excluded.at where n.at <= excluded.at - interval '1 day'
  returning contact, notice
)
insert into events (type, contact, message, data)
select 'notice.requested', contact, a.message, jsonb_build_object('notice', notice, 'channel', a.channel)
from told join asked a using (contact, notice)
