-- Whether anybody has an address of a kind that rules may match.
select exists (select from identities where kind = $1 and how <> 'claimed')
