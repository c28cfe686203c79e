select c.id, h.name, c.created_by, c.created_at, c.expires_at, c.granted_at, c.says
from consents c join channels h on h.id = c.channel
where c.channel = $1 order by c.created_at desc, c.id desc limit 1
