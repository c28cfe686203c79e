-- The end of the next messages by id, if there are any.
select (array_agg(id order by id desc))[1] from (select id from messages where $1::uuid is null or id > $1 order by id limit $2) x
