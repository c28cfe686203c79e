-- TX 1 whole: keys, messages, content, prints and ledger of a batch, and with a poller the move of its cursor.
-- Nothing is written unless the cursor stands where the batch began and the lease's token is the newest.
-- Keys are inserted in their order: two batches that share keys in another order would deadlock.
with moved as (
  update cursors set place = $5
  where $1::int is not null and channel = $1 and mailbox = $2 and place = $3 and fence = $4
  returning 1
),
go as materialized (select $1::int is null or exists (select from moved) as ok),
u as materialized (
  select * from unnest($6::uuid[], $7::int[], $8::state[], $9::timestamptz[], $10::text[], $11::text[], $12::bytea[],
                       $13::bytea[], $14::bigint[], $15::text[], $16::text[], $17::text[], $18::int[], $37::bigint[])
    with ordinality as u(id, channel, state, sent_at, sender, envelope, thread, answers, rule, reason, note, trail, keys, recovered, ord)
),
k as (
  insert into message_keys (channel, key_hash, message, content)
  select x.channel, x.key_hash, x.message, x.content
  from go, unnest($19::int[], $20::bytea[], $21::uuid[], $22::bytea[]) x(channel, key_hash, message, content)
  where go.ok
  order by x.channel, x.key_hash
  on conflict do nothing
  returning message
),
-- Fresh is what none of its keys was known for; a message made of parts brings none, for those have them.
fresh as materialized (
  select u.* from go, u left join (select message, count(*) as n from k group by message) f on f.message = u.id
  where go.ok and coalesce(f.n, 0) = u.keys
),
m as (
  insert into messages (id, channel, state, sent_at, sender, envelope, thread, answers, rule, reason, note, trail, recovered, settled_at)
  select id, channel, state, sent_at, sender, envelope::jsonb, thread, answers, rule, reason, note, trail, recovered,
         case when state <> 'received' then now() end
  from fresh order by ord
  returning id, lane, state
),
b as (
  insert into bodies (message, text, reply_text, html, doc)
  select x.message, x.text, x.reply_text, x.html, x.doc::jsonb
  from unnest($23::uuid[], $24::text[], $25::text[], $26::text[], $27::text[]) x(message, text, reply_text, html, doc)
  join fresh on fresh.id = x.message
),
-- In a select list the arrays are not copied into a table of their own first, which for raw bytes would go to disk.
r as (
  insert into raw (message, n, data)
  select x.message, 0, x.data
  from (select unnest($28::uuid[]) as message, unnest($29::bytea[]) as data) x join fresh on fresh.id = x.message
),
-- Files that are still with the provider: asked for when the message is decided.
f as (
  insert into files (message, idx, channel, next_at)
  select fresh.id, x.idx, fresh.channel, $36::timestamptz
  from unnest($34::uuid[], $35::int[]) x(message, idx) join fresh on fresh.id = x.message
),
p as (
  insert into prints (channel, kind, hash, message, mailbox, era)
  select fresh.channel, x.kind, x.hash, x.message, coalesce($2, ''), $33
  from unnest($30::uuid[], $31::text[], $32::bytea[]) x(message, kind, hash) join fresh on fresh.id = x.message
),
l as (
  insert into intake (channel, accepted, repeats, refused, dead)
  select u.channel, count(fresh.id), count(*) - count(fresh.id),
         count(*) filter (where fresh.state = 'refused'), count(*) filter (where fresh.state = 'dead')
  from go, u left join fresh on fresh.id = u.id where go.ok group by u.channel
),
e as (
  insert into events (type, message, data)
  select 'message.dead', fresh.id, jsonb_build_object('channel', c.name, 'reason', fresh.reason)
  from fresh join channels c on c.id = fresh.channel where fresh.state = 'dead' order by fresh.ord
)
select go.ok, u.ord, m.id is not null, coalesce(m.lane, 0), coalesce(m.state::text, '')
from go left join u on true left join m on m.id = u.id
order by u.ord
