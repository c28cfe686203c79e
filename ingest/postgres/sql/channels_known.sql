select id, name, kind, family from channels
