-- Whoever has the old one taken finds out by the version.
insert into grants (channel, sealed, granted_by) values ($1, $2, $3)
on conflict (channel) do update
  set sealed = excluded.sealed, version = grants.version + 1, leased_until = null, granted_at = now(),
      granted_by = excluded.granted_by, refused_at = null, renewed_at = null
