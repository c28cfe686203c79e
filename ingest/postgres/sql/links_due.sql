-- The oldest pairs that are due, as the persons that they are by now: who is known for longer, the other, and whether somebody said
-- that they are not one.
select l.id, case when a.first then l.one else l.other end, case when a.first then l.other else l.one end,
       exists (select from links d where d.state = 'dismissed' and (d.one = any (kin(l.one)) and d.other = any (kin(l.other))
                                                                    or d.one = any (kin(l.other)) and d.other = any (kin(l.one))))
from (select id, survivor(one) as one, survivor(other) as other from links where state = 'due' order by id limit $1) l
cross join lateral (select (x.created_at, x.id) <= (y.created_at, y.id) as first from contacts x, contacts y where x.id = l.one and y.id = l.other) a
order by l.id
