-- An address of a contact's, unless it is somebody's. What the contact had only claimed it has now.
with claimed as (
  delete from identities where contact = any (kin($1)) and kind = $2 and value = $3 and how = 'claimed'
)
insert into identities (contact, kind, value, how) values ($1, $2, $3, $4)
on conflict (kind, value) where how <> 'claimed' do nothing
returning id
