select id, kind, subject, n, since, raised_at, told_at, gone_since, muted_until, cleared_at
from alerts where cleared_at is null for update
