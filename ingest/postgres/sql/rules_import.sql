-- Sets the rules of an import that do not stand yet. Of the same one twice, the first.
insert into rules (kind, target_kind, target, reason, comment, scope, spare_known, created_by, expires_at, on_expiry, epoch)
select x.kind, x.target_kind, x.target, x.reason, x.comment, array(select jsonb_array_elements_text(x.scope)), x.spare_known, $2,
       x.expires_at, x.on_expiry, $3
from jsonb_to_recordset($1::jsonb) as x(kind text, target_kind text, target text, reason text, comment text, scope jsonb,
       spare_known bool, expires_at timestamptz, on_expiry text, lifted bool)
where not x.lifted
on conflict (kind, target_kind, target, scope) where lifted_at is null do nothing
returning id
