-- Makes a conversation what it was before a merge closed it, if nothing but the merge did, and its contact has no other. What was
-- made to go on from it does not any more.
with unlinked as (
  update conversations set continues = null where $4::bool and id = $3 and continues = $1
)
update conversations v set status = $2, closed_at = null, closed_by = ''
where v.id = $1 and v.status = 'closed' and v.closed_by = $5
  and not exists (select from conversations o where o.contact = any (kin(v.contact)) and o.channel = v.channel and o.status <> 'closed')
returning v.contact
