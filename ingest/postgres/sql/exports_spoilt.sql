-- What was written so far of those files goes at once: who makes a dossier writes in many transactions, and may be gone.
delete from export_chunks c using exports x where x.job = c.job and x.made_at is null and x.gone = ''
