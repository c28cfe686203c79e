-- Locks a contact and says into whom it was merged, as that is once the lock is held.
select merged_into from contacts where id = $1 for no key update
