insert into rules (kind, target_kind, target, reason, comment, scope, spare_known, created_by, expires_at, on_expiry, set_with, epoch, about)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, 0), $12, $13)
returning id, created_at
