select to_jsonb(g)::text from merges g where g.contact = any ($1::uuid[]) or g.into_contact = any ($1) order by g.id
