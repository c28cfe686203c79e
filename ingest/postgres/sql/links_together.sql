-- Pairs of contacts whose addresses came in one message. What is known of a pair already stays, but for what was only suspected
-- and is proven now. In the order of the pairs, since other lanes may write the same.
insert into links as l (one, other, why, state, message)
select distinct on (1, 2) least(x.one, x.other), greatest(x.one, x.other), case when x.proven then 'verified' else 'together' end,
       case when x.proven then 'due' else 'suggested' end, x.message
from unnest($1::uuid[], $2::uuid[], $3::bool[], $4::uuid[]) x(one, other, proven, message)
order by 1, 2, x.proven desc
on conflict (one, other) do update set why = excluded.why, state = excluded.state, message = excluded.message
where excluded.why = 'verified' and l.why <> 'verified' and l.state = 'suggested'
