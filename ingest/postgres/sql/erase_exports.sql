-- The tickets of a person, by which files tell of them, and how many files are kept that were made: CSVs, and dossiers.
select array(select id from tickets where contact = any ($1::uuid[])),
       (select count(*) from exports where gone = '' and made_at is not null and what <> 'dossier'),
       (select count(*) from exports where gone = '' and made_at is not null and what = 'dossier')
