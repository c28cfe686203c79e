-- Files that are being made are begun again: what they have read is deleted now. A dossier only if it may be of whom ($1: contacts,
-- tickets, messages that are nobody's) something is deleted, or one that takes long would never be made.
update exports x set again = again + 1
where x.made_at is null and x.gone = ''
  and (x.what <> 'dossier'
       or kin((x.filter->>'contact')::uuid) && $1::uuid[]
       or exists (select from tickets t where t.id = any ($1) and t.contact = any (kin((x.filter->>'contact')::uuid)))
       or exists (select from messages m where m.id = any ($1)))
returning x.job
