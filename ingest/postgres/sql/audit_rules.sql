insert into audit (actor, action, subject, data)
select $1, $2, 'rule:' || id, jsonb_build_object('kind', kind) || $4::jsonb from rules where id = any ($3) order by id
