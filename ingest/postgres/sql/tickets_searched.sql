update tickets t set searched = t.searched + k.n from unnest($1::uuid[], $2::int[]) k(id, n) where t.id = k.id
