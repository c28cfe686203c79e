update epoch set settings = $1::jsonb where settings = '{}'
