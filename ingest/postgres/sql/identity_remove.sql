delete from identities where id = $1 and contact = $2 returning kind, value, how
