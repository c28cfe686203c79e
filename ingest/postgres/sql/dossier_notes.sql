select to_jsonb(n)::text from contact_notes n where n.contact = any ($1::uuid[]) order by n.id
