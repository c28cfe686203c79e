select contact, id, kind, value, how, added_at from identities where contact = any ($1::uuid[]) order by contact, id
