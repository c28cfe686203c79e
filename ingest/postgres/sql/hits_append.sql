insert into hits (rule, n) select rule, n from unnest($1::bigint[], $2::int[]) x(rule, n)
