-- Says of a suggestion that the two are not one; gives back who they are.
update links set state = 'dismissed', actor = $2 where id = $1 and state in ('suggested', 'due') returning survivor(one), survivor(other)
