-- An address that another lane gave to a contact meanwhile: stop, and settle again with what is so now.
with i as (
  insert into identities (kind, value, contact, how)
  select kind, value, contact, how from unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) x(kind, value, contact, how)
  order by kind, value
  on conflict (kind, value) where how <> 'claimed' do nothing
  returning 1
)
select must(count(*) = cardinality($1::text[]), 'an identity was taken meanwhile') from i
