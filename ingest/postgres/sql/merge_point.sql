-- From now on the one answers for the other, and for those that the other answered for.
update contacts set merged_into = $2 where id = $1 or merged_into = $1
