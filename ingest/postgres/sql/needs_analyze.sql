-- Whether the planner still believes the tables to be much smaller than they are: kept plans are made from that.
select exists (
  select from pg_class c, pg_sequences q
  where c.oid = 'messages'::regclass and q.schemaname = current_schema() and q.sequencename = 'messages_seq_seq'
    and (q.last_value >= 1000 and c.reltuples < 1000 or q.last_value >= 10000 and c.reltuples < 10000))
