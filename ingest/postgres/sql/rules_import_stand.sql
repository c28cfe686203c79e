-- The rules in force on what an import names: whether each says the same as the item, or is of another kind.
select x.ord, r.id, r.kind = x.item->>'kind' as same
from jsonb_array_elements($1::jsonb) with ordinality x(item, ord)
join rules r on r.target_kind = x.item->>'target_kind' and r.target = x.item->>'target' and r.lifted_at is null
where (r.expires_at is null or r.expires_at > $2)
  and (r.kind <> x.item->>'kind' or r.scope = array(select jsonb_array_elements_text(x.item->'scope')))
order by x.ord, r.id
