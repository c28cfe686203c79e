-- Who was taken apart is not one: nothing links or suggests them again.
insert into links (one, other, why, state, actor) values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 'together', 'dismissed', $3)
on conflict (one, other) do update set state = 'dismissed', actor = excluded.actor
