-- Files that are being made are begun again: what they have read is deleted now. A dossier only if it tells of what is deleted
-- ($1: contacts, tickets, messages), or one that takes long would never be made; one that does not say yet of whom it is has
-- hardly begun. A ticket is of its contact also if it came after the dossier was begun: what it held may have been there before.
update exports x set again = again + 1
where x.made_at is null and x.gone = ''
  and (x.what <> 'dossier' or not exists (select from export_chunks c where c.job = x.job)
       or exists (select from export_chunks c where c.job = x.job
                  and c.subjects && ($1::uuid[] || array(select t.contact from tickets t where t.id = any ($1)))))
returning x.job
