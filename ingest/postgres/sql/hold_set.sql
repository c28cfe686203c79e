-- On each that the contact is one with, so that no undo of a merge takes it from one of them.
update contacts set hold_at = $2, hold_by = $3, hold_reason = $4, hold_until = $5 where id = any (kin($1))
