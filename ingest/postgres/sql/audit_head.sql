select n, hash, at, cut_n, cut_hash, (select count(*)::int from audit where n is null) from audit_chain
