-- Whether the log still reaches back to this event.
select exists (select from events where (xid, id) <= ($1::text::xid8, $2::bigint))
