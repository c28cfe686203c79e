-- What was written of a dossier, unless it was begun anew ($2) since.
delete from export_chunks c using exports x where c.job = $1 and x.job = c.job and x.again = $2 and x.made_at is null
