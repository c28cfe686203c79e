update epoch set n = n + 1, settings = $1::jsonb returning n
