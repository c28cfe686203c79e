-- A merge, and the one that its survivor was merged by later.
select g.contact, g.into_contact, g.took, g.lifted, g.closed, g.undone_at is not null,
       coalesce((select l.id from merges l where l.contact = g.into_contact and l.undone_at is null), 0)
from merges g where g.id = $1 for update of g
