-- +goose Up

-- The audit is a chain: the sealer numbers its lines from 1, in the order (xid, id) below the oldest transaction that
-- still runs, and gives each the SHA-256 of what it says and of the hash before it (docs/audit.md). Whoever writes a
-- line does not wait for that. Older lines are of the migration's transaction, in the order of their ids.
alter table audit add column xid xid8 not null default pg_current_xact_id(), add column n bigint, add column hash bytea,
  add constraint audit_sealed check ((n is null) = (hash is null));
create unique index audit_chained on audit (n);
create index audit_waiting on audit (xid, id) where n is null;
create index audit_subject on audit (subject, id);
create index audit_actor on audit (actor, id);
create index audit_at on audit (at);

-- Where the chain ends, and behind which line it begins: what retention removed is known by its last line's hash.
create table audit_chain (
  one      bool primary key default true check (one),
  n        bigint not null default 0,
  hash     bytea not null default '',
  at       timestamptz not null default now(),
  cut_n    bigint not null default 0 check (cut_n <= n),
  cut_hash bytea not null default ''
);
insert into audit_chain default values;

-- Lines are added, sealed once, and removed behind the mark of retention, and nothing else.
-- +goose StatementBegin
create function audit_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.n <= (select cut_n from audit_chain) then
    return old;
  end if;
  raise exception 'the audit is only added to' using errcode = 'object_not_in_prerequisite_state';
end $$;
-- +goose StatementEnd
create trigger audit_sealed_once before update on audit for each row
  when (old.n is not null or new.n is null
        or (old.id, old.xid, old.at, old.actor, old.action, old.subject, old.data)
           is distinct from (new.id, new.xid, new.at, new.actor, new.action, new.subject, new.data))
  execute function audit_stays();
create trigger audit_kept before delete on audit for each row execute function audit_stays();
create trigger audit_whole before truncate on audit for each statement execute function audit_stays();
