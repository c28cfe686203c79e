insert into identities (kind, value, contact, how)
select kind, value, contact, 'claimed' from unnest($1::text[], $2::text[], $3::uuid[]) x(kind, value, contact)
on conflict (contact, kind, value) where how = 'claimed' do nothing
