insert into audit (actor, action, subject, data) values ($1, $2, $3, coalesce(nullif($4, '')::jsonb, '{}'))
