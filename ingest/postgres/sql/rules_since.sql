-- A rule on a contact that was merged is read as one on whom it was merged into: that is whom facts name.
select r.id, r.kind, r.target_kind, coalesce(c.merged_into::text, r.target), r.reason, r.comment, r.scope, r.spare_known, r.created_by,
       r.created_at, r.expires_at, r.on_expiry, r.lifted_at, r.lifted_by, r.held_choice, coalesce(r.set_with, 0), r.hits, r.last_hit_at,
       r.epoch, r.about
from rules r left join contacts c on c.id = case when r.target_kind = 'contact' then r.target::uuid end
where r.epoch > $1 or r.reworded > $1 and r.reworded > 0
order by r.id
