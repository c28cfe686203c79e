-- Of each mail of an archive the message that is already there: the so many-th of its content, else of its header.
select x.ord, coalesce(
  (select distinct p.message from prints p where p.channel = $1 and p.kind = 'raw' and p.hash = x.content
   order by 1 offset x.content_n limit 1),
  (select distinct p.message from prints p where p.channel = $1 and p.kind = 'mail' and p.hash = x.header
   order by 1 offset x.header_n limit 1))
from unnest($2::bytea[], $3::bytea[], $4::int[], $5::int[]) with ordinality x(content, header, content_n, header_n, ord)
