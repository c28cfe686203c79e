-- Nobody asks it before $2; with a reason it is switched off.
update endpoints set rest_until = $2, off_at = case when $3 <> '' then coalesce(off_at, $4) else off_at end,
  off_reason = case when $3 <> '' and off_at is null then $3 else off_reason end
where id = $1
