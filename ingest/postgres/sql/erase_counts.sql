-- What an erasure would find by what is indexed: of messages in conversations of others, and of those by sender alone, it will find
-- more.
select
  (select count(*) from messages m where m.conversation = any (array(select id from conversations where contact = any ($1::uuid[])))
     and m.state = 'conversed' and m.contact = any ($1)),
  (select coalesce(sum(messages), 0) from tickets where contact = any ($1)),
  (select count(*) from messages m where m.state = 'dead' and (m.contact = any ($1) or m.sender = any ($2::text[]))),
  (select count(*) from conversations where contact = any ($1)),
  (select count(*) from identities where contact = any ($1)),
  (select count(*) from contact_notes where contact = any ($1)),
  (select count(*) from opts where identity = any ($3::bytea[]) and opted = 'out'),
  (select count(*) from rules r where r.lifted_at is null
     and (r.target_kind || ':' || r.target = any ($2) or r.target_kind = 'contact' and r.target = any ($1::text[])))
