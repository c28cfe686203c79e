-- A configured token begins a grant, and another one a new grant; the same one changes nothing, for it may have had successors.
insert into grants (channel, sealed, seed, granted_by) values ($1, $2, $3, 'configuration')
on conflict (channel) do update
  set sealed = excluded.sealed, seed = excluded.seed, version = grants.version + 1, leased_until = null, granted_at = now(),
      granted_by = excluded.granted_by, refused_at = null, renewed_at = null
  where grants.seed is distinct from excluded.seed
