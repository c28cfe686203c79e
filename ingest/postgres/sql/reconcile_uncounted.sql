-- The bans that refused more on a channel than they kept rows of.
select distinct rule from refusals where channel = $1 and n > 100
