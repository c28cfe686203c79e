select kind, count(*)::int from alerts where raised_at is not null and cleared_at is null group by kind
