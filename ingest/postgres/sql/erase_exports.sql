-- The tickets of a person, by which files tell of them, and how many files are kept.
select array(select id from tickets where contact = any ($1::uuid[])), (select count(*) from exports where gone = '')
