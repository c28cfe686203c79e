select id, at, actor, action, subject, data, n, hash from audit
where
  -- include audit_where
  and ($6::bigint is null or id < $6)
order by id desc limit $7
