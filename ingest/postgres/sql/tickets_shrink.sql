with k as materialized (
  select t.id, x.n from tickets t join unnest($1::uuid[], $2::int[]) x(id, n) on x.id = t.id order by t.id for no key update of t
)
update tickets t set messages = t.messages - k.n from k where t.id = k.id
