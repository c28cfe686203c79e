select m.data from media m join files f on f.message = m.message and f.idx = m.file
where m.message = $1 and m.file = $2 and m.n = $3 and f.status = 'stored'
