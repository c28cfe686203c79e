-- Takes a contact out of whom it was merged into, with those that were merged into it and not undone. Gives back all of these.
with recursive part as (
  select $1::uuid as id
  union
  select g.contact from part p join merges g on g.into_contact = p.id and g.undone_at is null
)
update contacts c set merged_into = case when c.id <> $1 then $1::uuid end from part p where c.id = p.id
returning c.id
