-- The rules that stand and which an import names: $2 those to be lifted, or those to be set. $3: only expired ones.
select r.id
from jsonb_to_recordset($1::jsonb) as x(kind text, target_kind text, target text, scope jsonb, lifted bool)
join rules r on r.kind = x.kind and r.target_kind = x.target_kind and r.target = x.target
  and r.scope = array(select jsonb_array_elements_text(x.scope)) and r.lifted_at is null
where x.lifted = $2 and (not $3 or r.expires_at <= $4)
group by r.id
order by r.id
