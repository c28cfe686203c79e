-- Whom a rule refused, as far as rows tell, the last first.
select x.kind, x.value, c.name, c.kind from (
  select m.channel, m.envelope->'from'->>'kind' as kind, m.envelope->'from'->>'value' as value, max(m.seq) as last
  from messages m where m.state = 'refused' and m.rule = $1
  group by 1, 2, 3 order by last desc limit $2) x
join channels c on c.id = x.channel
