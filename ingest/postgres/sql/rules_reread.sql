-- Whoever has them in memory reads the rules on some contacts again: another contact answers for them. They are those of old,
-- so what was released before them goes on to pass them.
update rules set reworded = $2
where target_kind = 'contact' and target = any (select k::text from unnest($1::uuid[]) k) and lifted_at is null
