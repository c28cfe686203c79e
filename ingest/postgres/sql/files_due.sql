-- How many files could be asked for now, as far as matters.
select count(*) from (
  select from files f join messages m on m.id = f.message
  where f.status = 'pending' and f.next_at <= $1 and m.state in ('conversed', 'held') limit $2) due
