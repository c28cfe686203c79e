-- How much some messages weigh: raw bytes, fetched files and their bytes.
select (select coalesce(sum(octet_length(data)), 0) from raw where message = any ($1)),
       (select count(*) from files where message = any ($1)),
       (select coalesce(sum(size), 0) from files where message = any ($1))
