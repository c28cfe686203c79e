-- The merges by which a contact is what it is, and those that were undone, the last first; with $2 one of them.
-- (A function in a subselect is asked once, and not of each row.)
select g.id, g.contact, g.into_contact, g.at, g.actor, g.rules, g.took, g.lifted, g.closed, g.undone_at, g.undone_by,
       c.name, c.nickname, c.username, c.company, c.location, c.avatar_url, c.tags, c.fields
from merges g join contacts c on c.id = g.contact
where ($1::uuid is null or g.contact = any ((select kin($1))::uuid[]) or g.into_contact = any ((select kin($1))::uuid[]))
  and ($2::bigint is null or g.id = $2)
  and ($3::bigint is null or g.id < $3)
order by g.id desc
limit $4
