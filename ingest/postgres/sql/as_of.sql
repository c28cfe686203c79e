select pg_current_snapshot()::text, key from list_key
