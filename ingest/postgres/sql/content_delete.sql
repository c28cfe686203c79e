with x as (select unnest($1::uuid[]) as id), b as (delete from bodies b using x where b.message = x.id)
delete from raw r using x where r.message = x.id
