-- How many contacts a domain's or a prefix's rule names; 0 for targets that name one person or no person at all.
select count(distinct i.contact)
from rules r
join identities i on i.how <> 'claimed' and case r.target_kind
  when 'domain' then i.kind = 'email' and (i.value like '%@' || r.target or i.value like '%@%.' || r.target)
  when 'phone_prefix' then i.kind = 'phone' and starts_with(i.value, r.target)
  else false end
where r.id = $1
