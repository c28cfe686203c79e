-- What holds a contact's messages, the most first.
select coalesce(r.id, 0), coalesce(r.kind, ''),
       coalesce(case r.target_kind when 'everyone' then r.target_kind else r.target_kind || ':' || r.target end, ''),
       coalesce(r.reason, m.reason, ''), count(*)
from tickets t
join messages m on m.ticket = t.id and m.state = 'held'
left join rules r on r.id = m.rule
where t.contact = any (kin($1)) and t.messages > 0
group by r.id, m.reason
order by count(*) desc, r.id
limit 20
