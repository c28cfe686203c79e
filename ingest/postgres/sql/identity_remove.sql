delete from identities where id = $1 and contact = any (kin($2)) returning kind, value, how
