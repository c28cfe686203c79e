-- Contacts that a search may mean, the likeliest first. Whom it names as a whole comes before whom a part of an address does,
-- then parts of names; what is spelled alike counts only if there is none of these. Of each kind a thousand are weighed. Parts
-- shorter than a trigram ($11 is false) are looked for as whole words alone: no index knows them. A whole address ($17) is like
-- one that two letters make of it, looked for among those of its length: many have the same domain, which trigrams would bring.
with sure as materialized (
  select $8::uuid as id, 4.0::float8 as score where $8 is not null
  union all
  select i.contact, 4.0 from unnest($5::text[], $6::text[]) x(kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  union all
  (select c.id, 3.0 from contacts c where c.id between $9::uuid and $10::uuid limit 1000)
  union all
  (select i.contact, 2.0 + coalesce(word_similarity($1, i.value), 0) / 4 from identities i where $11::bool and i.value ilike any ($7::text[]) limit 1000)
  union all
  (select c.id, 1.5 + coalesce(word_similarity($1, c.words), 0) / 4 from contacts c where $11 and c.words ilike $2 limit 1000)
),
-- What is only alike is looked for where there is nothing better, for that takes longest.
found as materialized (
  select id, score from sure
  union all
  (select c.id, word_similarity($1, c.words)::float8 from contacts c where not exists (select from sure) and $1 <% c.words limit 1000)
  union all
  (select i.contact, word_similarity($1, i.value)::float8 from identities i where not exists (select from sure) and $1 <% i.value limit 1000)
  union all
  (select i.contact, similarity($17::text, i.value)::float8 from identities i
   where not exists (select from sure) and length(i.value) between length($17) - 2 and least(length($17) + 2, 254)
     and levenshtein_less_equal(i.value, $17, 2) <= 2 limit 1000)
)
select c.created_at, c.id
from (select survivor(id) as id, max(score) as score from found group by 1) f
join contacts c on c.id = f.id
where (f.score > 1 or (select max(score) from found) <= 1)
  and ($3::timestamptz is null or c.created_at >= $3)
  and ($4::timestamptz is null or c.created_at < $4)
  and ($12::text is null or $12 = any (c.tags))
  and ($13::text is null or ($13 <> 'active') = exists (
    select from rules r
    where r.lifted_at is null and (r.expires_at is null or r.expires_at > $14) and r.kind <> 'allow'
      and r.kind = case $13 when 'banned' then 'ban' when 'blacklisted' then 'blacklist' else r.kind end
      and (r.target_kind = 'contact' and r.target = any (kin(c.id)::text[])
           or exists (select from identities i where i.contact = any (kin(c.id)) and i.kind = r.target_kind and i.value = r.target and i.how <> 'claimed'))))
order by f.score desc, c.created_at desc, c.id
offset coalesce($15::bigint, 0)
limit $16
