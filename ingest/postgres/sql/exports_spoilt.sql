-- What was written so far of such files goes at once: who makes a dossier writes in many transactions, and may be gone.
delete from export_chunks where job = any ($1::bigint[])
