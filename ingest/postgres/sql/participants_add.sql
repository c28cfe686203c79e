insert into participants (conversation, identity) select $1, unnest($2::bytea[]) on conflict do nothing
