-- Whether a rule in force names one of some contacts: by contact, by an address of theirs, by its domain or its beginning.
with address as (
  select kind, value from identities where contact = any ((select array_agg(k) from unnest($1::uuid[]) w, unnest(kin(w)) k)::uuid[]) and how <> 'claimed'
),
name as (
  select 'contact' as kind, k::text as value from unnest($1) w, unnest(kin(w)) k
  union
  select kind, value from address
  union
  select 'domain', array_to_string(d.labels[n:], '.')
  from (select string_to_array(split_part(value, '@', -1), '.') as labels from address where kind = 'email') d, generate_series(1, cardinality(d.labels)) n
  union
  select 'phone_prefix', left(value, n) from address, generate_series(2, length(value)) n where kind = 'phone'
)
select exists (
  select from name n join rules r on r.target_kind = n.kind and r.target = n.value
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $2))
