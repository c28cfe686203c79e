-- Only what changes whom the rule meets, and when, moves the epoch that passes go by; words about it do not.
update rules r
set kind = $2, reason = $3, comment = $4, expires_at = $5, on_expiry = $6,
    epoch = case when w.other then $7 else r.epoch end, reworded = case when w.other then r.reworded else $7 end
from (select id, (kind, expires_at) is distinct from ($2, $5::timestamptz) as other from rules where id = $1) w
where r.id = w.id
