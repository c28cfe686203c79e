-- A rule as it is left: of its address the hash, of what was said of it a code.
update rules set target = $2, reason = $3, comment = '', reworded = $4 where id = $1
