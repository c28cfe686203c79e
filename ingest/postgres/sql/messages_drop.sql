-- A refusal beyond the first hundred of its hour leaves nothing but its count.
with x as (select unnest($1::uuid[]) as id),
k as (delete from message_keys k using x where k.message = x.id),
p as (delete from prints p using x where p.message = x.id)
delete from messages m using x where m.id = x.id
