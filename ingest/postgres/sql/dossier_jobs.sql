select (to_jsonb(j) - 'as_of')::text
from jobs j where j.scope = any (array(select k || ':' || x from unnest($1::uuid[]) x, unnest(array['contact', 'dossier']) k)) order by j.id
