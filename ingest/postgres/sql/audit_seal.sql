update audit a set n = $3::bigint + x.ord, hash = x.hash
from unnest($1::bigint[], $2::bytea[]) with ordinality x(id, hash, ord) where a.id = x.id
