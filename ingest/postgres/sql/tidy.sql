-- Removes what is past its time. Of the log, which may be long, so many at a time, each a transaction with the mark of
-- how far it went, and no longer than 20 s: the rest is for the next time.
do $$
declare
  most  constant int := 5000;
  began constant timestamptz := clock_timestamp();
  n     int;
begin
  loop
    with old as materialized (select id from events order by xid, id limit most),
    gone as (
      delete from events e using old where e.id = old.id and e.at < now() - interval '30 days' returning e.xid, e.id
    ),
    posted as (delete from deliveries d using gone g where d.event = g.id),
    mark as (
      update events_tidied t set xid = g.xid, id = g.id
      from (select xid, id from gone order by xid desc, id desc limit 1) g
      where (g.xid, g.id) > (t.xid, t.id)
    )
    select count(*) into n from gone;
    commit;
    exit when n < most or clock_timestamp() > began + interval '20 seconds';
  end loop;
  delete from notices where at < now() - interval '1 day';
  delete from attempts where at < now() - interval '30 days';
  delete from idempotency where at < now() - interval '24 hours';
  delete from endpoint_keys where until < now();
  delete from replays where done_at < now() - interval '30 days';
  delete from joined where at < now() - interval '30 days';
  delete from parts_lost where at < now() - interval '24 hours';
  delete from buckets where until < now();
  delete from hook_requests where minute < now() - interval '1 day';
  delete from hook_refusals where at < now() - interval '30 days';
  delete from arrivals where hour < now() - interval '36 days';
  delete from hours where hour < now() - interval '36 days';
  delete from unknown_hours where settled_at < now() - interval '90 days';
  delete from alerts where cleared_at < now() - interval '90 days';
  delete from disks where at < now() - interval '1 day';
  delete from sessions where ends_at < now();
  delete from invitations where expires_at < now();
  delete from sign_in_states where until < now();
  delete from sign_in_tries where at < now() - interval '1 hour';
end $$
