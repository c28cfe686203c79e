select c.name, r.asked_at, r.asked_by, r.done_at, r.next_at, r.error, r.report
from reconciliations r join channels c on c.id = r.channel where c.name = $1
