with x as (select unnest($1::uuid[]) as id),
f as (delete from files f using x where f.message = x.id),
b as (delete from bodies b using x where b.message = x.id)
delete from raw r using x where r.message = x.id
