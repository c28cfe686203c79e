select to_jsonb(l)::text from links l where l.one = any ($1::uuid[]) or l.other = any ($1) order by l.id
