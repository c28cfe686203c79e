-- Whether any of some contacts was erased or is under a legal hold, and the erasure that is under way for one of them.
select coalesce(bool_or(c.erased is not null), false), coalesce(bool_or(c.id in (select contacts_on_hold($2))), false),
       coalesce((select min(j.id) from erasures e join jobs j on j.id = e.job where e.contact = any ($1) and j.state in ('queued', 'running')), 0)
from contacts c where c.id = any ($1)
