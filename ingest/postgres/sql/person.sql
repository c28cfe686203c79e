-- The contacts that are one person with this one, none if it is not there.
select array(select unnest(kin($1)) order by 1)
