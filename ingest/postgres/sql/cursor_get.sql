-- The place reached; the row is made for the holder of the lease only.
with l as (select token from leases where channel = $1 and token = $3 and not released),
i as (
  insert into cursors (channel, mailbox, fence) select $1, $2, token from l
  on conflict (channel, mailbox) do update set fence = excluded.fence
  returning place
)
select place from i
