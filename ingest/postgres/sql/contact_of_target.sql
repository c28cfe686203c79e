select survivor(i.contact) from identities i where i.kind = $1 and i.value = $2 and i.how <> 'claimed'
