-- Scopes are kept in the order of their bytes, each item once: that makes two of them the same.
update rules
set scope = array(select s from unnest(array_replace(scope, $1, $2)) s group by s order by s collate "C"), reworded = $3
where $1 = any(scope)
