select id from merges where parting order by id limit 1
