-- Addresses of which something was heard since a mark, and whether they opted out of any channel.
select o.identity, bool_or(o.opted = 'out')
from opts o
where o.identity in (select identity from opts where changed >= $1::text::xid8)
group by o.identity
