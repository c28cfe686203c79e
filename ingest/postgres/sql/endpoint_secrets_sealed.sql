-- All that is sealed for endpoints: their URLs (0) and keys.
select id, 0::bigint, url from endpoints
union all select endpoint, id, sealed from endpoint_keys
