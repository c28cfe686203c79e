-- The chain, or what is chosen of it, with the texts that were hashed.
select n, id, at, actor, action, subject, data::text, hash from audit
where
  -- include audit_where
  and n > $6
order by n limit $7
