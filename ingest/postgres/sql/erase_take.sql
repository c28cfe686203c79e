-- A running erasure that no other replica is stepping. Waits: a part of a message, which nobody can read yet, was there when it
-- was ordered; in ten minutes at most it is a message.
select e.id, j.id, e.contact, e.contacts, e.reason, e.after_id, e.counts, j.created_by, j.created_at,
       exists (select from parts p where p.at < j.created_at)
from jobs j join erasures e on e.job = j.id
where j.id = $1 and j.state = 'running' for update of j skip locked
