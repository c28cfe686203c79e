-- The addresses of a person, and where others once gave one of them for theirs ($2, as kind:value).
with own as (delete from identities where contact = any ($1::uuid[]) returning 1),
claims as (
  delete from identities i using unnest($2::text[]) x where i.kind || ':' || i.value = x and i.how = 'claimed' and i.contact <> all ($1) returning 1
)
select (select count(*) from own), (select count(*) from claims)
