-- When something of each class was deleted last, and how much in that step.
select distinct on (subject) subject, at, data from audit
where actor = 'retention' and action = 'retention.deleted' order by subject, id desc
