select to_jsonb(i)::text from identities i where i.contact = any ($1::uuid[]) order by i.id
