update reconciliations r set asked_at = $2, asked_by = $3
from channels c where c.id = r.channel and c.name = $1
