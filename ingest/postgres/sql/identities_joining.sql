-- By what contacts are known, without what was only claimed.
select contact, kind, value, how from identities where contact = any($1::uuid[]) and how <> 'claimed'
