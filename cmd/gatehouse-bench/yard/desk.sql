-- A desk of some years, as if Gatehouse had written it: of every ten messages nearly nine are in conversations and one is
-- held. bench.n is how many there are; channels 1 to 3 are of mail, SMS and chat, and there are rules, of which all but the
-- last tenth hold something. Who is who follows from numbers: person p has the identity that person_value says.

create function pg_temp.n(part int) returns int language sql stable as $$ select greatest(current_setting('bench.n')::int / part, 1) $$;

create function pg_temp.uid(kind text, i bigint) returns uuid language sql immutable as $$ select md5(kind || i)::uuid $$;

create function pg_temp.person_channel(p bigint) returns int language sql immutable as $$
  select case when p % 10 < 6 then 1 when p % 10 < 8 then 2 else 3 end $$;

create function pg_temp.person_kind(p bigint) returns text language sql immutable as $$
  select (array['email', 'phone', 'visitor'])[pg_temp.person_channel(p)] $$;

create function pg_temp.person_name(p bigint) returns text language sql immutable as $$
  select (array['Ann', 'Bob', 'Carol', 'Dave', 'Erin', 'Frank', 'Grace', 'Heidi', 'Ivan', 'Judy', 'Ken', 'Liam', 'Mia', 'Nora', 'Olaf', 'Peggy', 'Quinn',
    'Rupert', 'Sybil', 'Trent', 'Uma', 'Victor', 'Walter', 'Xenia', 'Yara', 'Zoe'])[1 + p % 26] || ' ' ||
    (array['Example', 'Sample', 'Tester', 'Model', 'Pattern', 'Smith', 'Mason', 'Baker', 'Fisher', 'Miller', 'Turner', 'Weaver', 'Potter', 'Carter',
    'Cooper', 'Fletcher', 'Gardner', 'Hunter', 'Porter'])[1 + p / 26 % 19] $$;

create function pg_temp.person_value(p bigint) returns text language sql immutable as $$
  select case pg_temp.person_channel(p)
    when 1 then lower(replace(pg_temp.person_name(p), ' ', '.')) || p || '@d' || p % 997 || '.example.com'
    when 2 then '+1555' || lpad(p::text, 7, '0') else 'visitor-' || p end $$;

create function pg_temp.words(i bigint) returns text language sql immutable as $$
  select string_agg((array['order', 'parcel', 'invoice', 'refund', 'delivery', 'account', 'password', 'address', 'question', 'broken', 'late', 'wrong',
    'please', 'thanks', 'where', 'when', 'number', 'card', 'price', 'shop', 'colour', 'size', 'return', 'label', 'box', 'phone', 'letter', 'street',
    'today', 'tomorrow', 'week', 'month'])[1 + abs(hashint8(i * 31 + k)) % 32], ' ') from generate_series(1, 40) k $$;

insert into contacts (id, name, created_at)
select pg_temp.uid('contact', p), pg_temp.person_name(p), now() - interval '2 years' * (1 - p::float8 / pg_temp.n(10))
from generate_series(1::bigint, pg_temp.n(10)) p;

insert into identities (contact, kind, value, how, added_at)
select pg_temp.uid('contact', p), pg_temp.person_kind(p), pg_temp.person_value(p), 'header', now() - interval '1 year'
from generate_series(1::bigint, pg_temp.n(10)) p;

-- Who wrote message i: everybody now and then, person 6 one in fifty.
create temp table written as
select i, case when i % 50 = 0 then 6 else 1 + (i * 7919) % pg_temp.n(10) end as p, i % 10 = 3 as held,
       now() - interval '2 years' * (1 - i::float8 / pg_temp.n(1)) as at
from generate_series(1::bigint, pg_temp.n(1)) i;

update written set p = 1 + (i / 80) * 7 % pg_temp.n(10) where held;

create temp table talks as
select row_number() over (order by p, turn) as talk, p, turn, count(*)::int as n, min(at) as first, max(at) as last
from (select p, at, (row_number() over (partition by p order by i) - 1) / 4 as turn from written where not held) w
group by p, turn;

insert into conversations (id, contact, channel, family, status, subject, messages, opened_at, closed_at, closed_by, last_message_at, answered_at)
select pg_temp.uid('talk', talk), pg_temp.uid('contact', p), pg_temp.person_channel(p), (array['email', 'sms', 'chat'])[pg_temp.person_channel(p)],
       case when open then 'open' else 'closed' end, 'About my order ' || talk, n, first, case when not open then last end,
       case when not open then 'sam' else '' end, last, case when talk % 5 > 0 then last end
from (select *, p <> 6 and last > now() - interval '30 days' and last = max(last) over (partition by p) as open from talks) t;

-- A ticket is what a person wrote that is held; the rules hold more the lower their number.
create temp table holds as
select row_number() over (order by p) as hold, p, count(*)::int as n, max(at) as last,
       case when p % 10 <> 0 then (select id from rules order by id offset floor((select count(*) * 0.9 from rules) * power(p * 31 % 1000 / 1000.0, 2)) limit 1) end as rule
from written where held group by p;

insert into tickets (id, contact, channel, messages, rule, reason, held_at, opened_at, opened_by, likely, domain)
select pg_temp.uid('ticket', hold), pg_temp.uid('contact', p), pg_temp.person_channel(p), n, rule,
       case when rule is null then (array['spam_header', 'bounce', 'list', 'flood'])[1 + p % 4] else '' end, last,
       case when hold % 5 = 0 then last end, case when hold % 5 = 0 then 'sam' else '' end, case when hold % 12 = 0 then 2 when hold % 40 = 0 then 1 else 0 end,
       case when pg_temp.person_channel(p) = 1 then 'd' || p % 997 || '.example.com' else '' end
from holds;

insert into messages (id, channel, state, received_at, sender, envelope, thread, contact, conversation, ticket, rule, reason, trail, settled_at, held_xid)
select pg_temp.uid('message', w.i), pg_temp.person_channel(w.p), (case when w.held then 'held' else 'conversed' end)::state, w.at,
       pg_temp.person_kind(w.p) || ':' || pg_temp.person_value(w.p),
       jsonb_build_object('from', jsonb_build_object('kind', pg_temp.person_kind(w.p), 'value', pg_temp.person_value(w.p), 'how', 'header',
         'name', pg_temp.person_name(w.p), 'address', pg_temp.person_value(w.p)), 'subject', 'About my order ' || w.i),
       case when pg_temp.person_channel(w.p) = 1 then decode(md5('thread' || w.i), 'hex') end, pg_temp.uid('contact', w.p),
       case when not w.held then pg_temp.uid('talk', t.talk) end, case when w.held then pg_temp.uid('ticket', h.hold) end,
       case when w.held then h.rule end,
       case when w.held and h.rule is null then (array['spam_header', 'bounce', 'list', 'flood'])[1 + w.p % 4] end, 'screen: as the rules have it',
       w.at, case when w.held then pg_current_xact_id() end
from (select *, (row_number() over (partition by p, held order by i) - 1) / 4 as turn from written) w
left join talks t on not w.held and t.p = w.p and t.turn = w.turn
left join holds h on w.held and h.p = w.p
order by w.i;

insert into message_keys (channel, key_hash, message, content)
select channel, sha256(decode(replace(id::text, '-', ''), 'hex')), id, ''::bytea from messages;

insert into bodies (message, text, reply_text)
select pg_temp.uid('message', i), w, w from (select i, pg_temp.words(i) as w from written) x;

insert into held_texts (message, ticket, seq, preview, text)
select m.id, m.ticket, m.seq, left(b.text, 140), concat_ws(E'\n', lower(m.envelope->>'subject'), lower(m.envelope->'from'->>'name'),
       m.envelope->'from'->>'address', m.envelope->'from'->>'value', b.text)
from messages m join bodies b on b.message = m.id where m.state = 'held';

update tickets set searched = messages;

insert into accounts (channel, accepted, conversed, held)
select channel, count(*), count(*) filter (where state = 'conversed'), count(*) filter (where state = 'held') from messages group by 1
on conflict (channel) do update set accepted = excluded.accepted, conversed = excluded.conversed, held = excluded.held;

insert into arrivals (channel, hour, n, last_at)
select channel, date_trunc('hour', received_at), count(*), max(received_at) from messages where received_at > now() - interval '60 days' group by 1, 2;

insert into messages (id, channel, state, received_at, sender, envelope, reason, settled_at)
select pg_temp.uid('dead', i), 1, 'dead', now() - i * interval '1 hour', 'email:dead@example.net', '{}', 'unreadable', now() from generate_series(1, pg_temp.n(1000)) i;

insert into message_keys (channel, key_hash, message, content)
select channel, sha256(decode(replace(id::text, '-', ''), 'hex')), id, ''::bytea from messages where state = 'dead';

update accounts set accepted = accepted + pg_temp.n(1000), dead = pg_temp.n(1000) where channel = 1;

insert into jobs (kind, scope, state, pass_epoch, created_by, created_at, finished_at)
select (array['release', 'delete', 'unblock_all', 'delete_all'])[1 + i % 4], 'selection:' || i, 'done', 0, 'sam', at, at
from (select i, now() - interval '2 years' * (1 - i::float8 / pg_temp.n(100)) as at from generate_series(1, pg_temp.n(100)) i) x;

insert into audit (at, actor, action, subject, data)
select now() - interval '2 years' * (1 - i::float8 / pg_temp.n(10)), (array['sam', 'sue', 'token:desk', 'ann'])[1 + i % 4],
       (array['rule.set', 'rule.lift', 'ticket.open', 'job.start', 'message.raw'])[1 + i % 5], 'rule:' || i % 400, '{}'
from generate_series(1, pg_temp.n(10)) i;

insert into contact_notes (contact, author, text, at)
select pg_temp.uid('contact', 6), 'sam', 'Called about order ' || i, now() - i * interval '1 day' from generate_series(1, 30) i;

update rules set hits = 100 + id, first_hit_at = now() - interval '1 year', last_hit_at = now(), deleted = 60, released_wrong = id % 7,
  created_at = now() - interval '300 days', expires_at = case when id % 10 = 0 then now() - interval '1 day' end;

-- What the hours of the statistics say of them.
insert into hours (channel, hour, accepted, conversed, held, refused, dead, purged)
select channel, date_trunc('hour', received_at), count(*), count(*) filter (where state = 'conversed'), count(*) filter (where state = 'held'),
  count(*) filter (where state = 'refused'), count(*) filter (where state = 'dead'), count(*) filter (where state = 'purged')
from messages where received_at >= now() - interval '36 days' group by 1, 2;
