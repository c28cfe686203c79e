-- Begins a dossier, or begins it anew: whoever began it before writes nothing more. Nothing, if something was deleted since its
-- number ($2) was read.
update exports x set again = x.again + 1
from jobs j
where j.id = x.job and x.job = $1 and x.again = $2 and j.state = 'running' and x.made_at is null and x.gone = ''
returning x.again
