select id, at, author, text from contact_notes
where contact = any (kin($1)) and ($2::bigint is null or id < $2)
order by id desc
limit $3
