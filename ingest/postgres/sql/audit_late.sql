-- Lines that should have been sealed long ago: nobody seals, or somebody holds a transaction open.
select count(*)::int, (array_agg(id::text order by id))[1:20] from audit where n is null and at < now() - interval '1 minute'
