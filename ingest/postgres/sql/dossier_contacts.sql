select (to_jsonb(c) - '{words,version}'::text[])::text from contacts c where c.id = any ($1::uuid[]) order by c.id
