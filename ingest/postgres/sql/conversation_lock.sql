-- No idle close and no rule changes it between what is compared and what is written.
select from conversations where id = $1 for update
