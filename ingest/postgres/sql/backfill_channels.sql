-- The channels whose providers are to be asked: read again and again by every process, so by an index that is mostly empty.
select distinct c.name from backfills b join channels c on c.id = b.channel where b.done_at is null
