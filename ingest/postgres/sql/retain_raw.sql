-- Of the next messages behind $2, so many, by ids made before $1: the raw bytes of those in conversations go, where what they say
-- stands apart. Where the raw bytes are what is said, as of chat and SMS, they stay; so do those from which a file is still to be
-- fetched, and what a legal hold covers at $4, on who wrote or on whose conversation it is.
with kept as materialized (select contacts_on_hold($4) as id),
looked as materialized (
  select r.message as id from raw r
  where r.n = 0 and r.message > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') and r.message < $1
  order by r.message limit $3
),
free as materialized (
  select m.id from looked l join messages m on m.id = l.id join bodies b on b.message = m.id join conversations v on v.id = m.conversation
  where m.state = 'conversed' and m.contact not in (select id from kept) and v.contact not in (select id from kept)
    and not exists (select from files f where f.message = m.id and f.status = 'pending')
  order by m.seq for update of m
),
gone as (delete from raw r using free where r.message = free.id returning r.n)
select (select count(*) from looked), (select id from looked order by id desc limit 1), (select count(*) from gone where n = 0)
