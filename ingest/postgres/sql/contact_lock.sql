-- Locks a contact and says into whom it was merged, as that is once the lock is held, and whether it was erased.
select merged_into, erased is not null from contacts where id = $1 for no key update
