-- Rules with their figures, of which what is not folded yet is added.
select r.id, r.kind, r.target_kind, r.target, r.reason, r.comment, r.scope, r.spare_known, r.created_by, r.created_at,
       r.expires_at, r.on_expiry, r.lifted_at, r.lifted_by, r.held_choice, coalesce(r.set_with, 0),
       r.hits + coalesce(h.n, 0), greatest(r.last_hit_at, h.at),
       (select count(*) from messages m where m.rule = r.id and m.state = 'held'), r.epoch, r.about,
       case when r.hits = 0 or r.first_hit_at is not null then least(r.first_hit_at, h.first) end,
       r.released_wrong + coalesce(d.released_wrong, 0), r.deleted + coalesce(d.deleted, 0)
from unnest($1::bigint[]) with ordinality w(id, ord)
join rules r on r.id = w.id
left join (select rule, sum(n)::bigint as n, min(at) as first, max(at) as at from hits group by rule) h on h.rule = r.id
left join (select rule, sum(released_wrong)::bigint as released_wrong, sum(deleted)::bigint as deleted from rulings group by rule) d
  on d.rule = r.id
order by w.ord
