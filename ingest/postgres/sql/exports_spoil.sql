-- Files that are being made are begun again: what they have read is deleted now.
update exports set again = again + 1 where made_at is null and gone = ''
