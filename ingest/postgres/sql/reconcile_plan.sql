insert into reconciliations (channel, next_at)
select c.id, x.next_at from unnest($1::text[], $2::timestamptz[]) x(name, next_at) join channels c on c.name = x.name
on conflict do nothing
