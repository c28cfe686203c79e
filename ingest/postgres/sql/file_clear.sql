-- What an earlier try left, in a statement behind the claim: it waited for the chunk that a late one was writing.
delete from media where message = $1 and file = $2
