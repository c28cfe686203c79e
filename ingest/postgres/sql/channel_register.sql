insert into channels (name, kind, family) values ($1, $2, $3)
on conflict (name) do update set kind = excluded.kind, family = excluded.family
  where channels.kind <> excluded.kind
