-- One of a person's sessions ($2), or all of them but one ($3).
delete from sessions where person = $1 and ($2::bigint = 0 or id = $2) and id <> $3
