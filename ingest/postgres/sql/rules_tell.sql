-- An event for each rule, about the contact that it names: the desk shows who is banned or blocked, and whoever sends to
-- them stops.
insert into events (type, contact, data)
select $2, case when r.target_kind = 'contact' then r.target::uuid else i.contact end,
  jsonb_build_object('rule', r.id::text, 'kind', r.kind)
from rules r
left join identities i on i.kind = r.target_kind and i.value = r.target and i.how <> 'claimed'
where r.id = any($1)
order by r.id
