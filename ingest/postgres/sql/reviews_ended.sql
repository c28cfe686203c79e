-- Takes the bit of a review from the tickets of contacts, which are locked.
with t as (
  select id from tickets where contact in (select unnest(kin(w.id)) from unnest($1::uuid[]) w(id)) and messages > 0 and likely & $2::smallint <> 0 order by id for no key update
)
update tickets set likely = tickets.likely & ~ $2::smallint from t where tickets.id = t.id
