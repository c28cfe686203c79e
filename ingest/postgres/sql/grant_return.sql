-- Another's lease is left alone.
update grants
set leased_until = case when lease = $3 then null else leased_until end,
    refused_at = case $4 when 'kept' then null when 'refused' then coalesce(refused_at, now()) else refused_at end,
    renewed_at = case $4 when 'kept' then now() else renewed_at end
where channel = $1 and version = $2
