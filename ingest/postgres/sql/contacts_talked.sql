select contact, min(opened_at) from conversations where contact = any ($1::uuid[]) group by contact
