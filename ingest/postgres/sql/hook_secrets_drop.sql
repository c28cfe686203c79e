-- Those of a channel that are in its configuration no longer.
delete from hook_secrets h
where h.channel = $1 and not exists (select from unnest($2::text[], $3::text[]) x(key, fingerprint) where (x.key, x.fingerprint) = (h.key, h.fingerprint))
