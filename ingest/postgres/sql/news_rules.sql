-- The rules that stand on contacts of whom one got another address, as rules_since reads them: of one who was merged as rules on
-- whom they were merged into.
select r.id, r.kind, r.target_kind, coalesce(c.merged_into::text, r.target), r.reason, r.comment, r.scope, r.spare_known, r.created_by,
       r.created_at, r.expires_at, r.on_expiry, r.lifted_at, r.lifted_by, r.held_choice, coalesce(r.set_with, 0), r.hits, r.last_hit_at,
       r.epoch, r.about
from (select distinct unnest(kin(j.contact)) as id from (select distinct contact from joined where changed >= $1::text::xid8) j) k
join contacts c on c.id = k.id
join rules r on r.target_kind = 'contact' and r.target = k.id::text and r.lifted_at is null
order by r.id
