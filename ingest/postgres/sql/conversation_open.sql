-- A conversation that the desk begins. It goes on from the contact's last one where there is one at a time; if that is unclosed,
-- nothing is opened.
insert into conversations (id, contact, channel, family, status, subject, assignee, tags, answered_at, continues)
select $1, $2, $3, $4, 'open', $5, $6, $7, now(),
       case when $4 in ('chat', 'sms') then (select id from conversations where contact = any (kin($2)) and channel = $3 order by number desc limit 1) end
where $4 not in ('chat', 'sms')
   or not exists (select from conversations where contact = any (kin($2)) and channel = $3 and status <> 'closed')
on conflict (contact, channel) where family in ('chat', 'sms') and status <> 'closed' do nothing
returning id
