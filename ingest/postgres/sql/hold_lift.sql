update contacts set hold_at = null, hold_by = '', hold_reason = '', hold_until = null where id = any (kin($1)) and hold_at is not null
