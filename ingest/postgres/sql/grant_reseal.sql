-- The token stays the same, so its version does. One that was replaced meanwhile is sealed with the newest key already.
update grants set sealed = $3 where channel = $1 and sealed = $2
