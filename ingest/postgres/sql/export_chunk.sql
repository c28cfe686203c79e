select c.body from exports x join export_chunks c on c.job = x.job
where x.job = $1 and c.n = $2 and x.gone = '' and x.expires_at > $3
