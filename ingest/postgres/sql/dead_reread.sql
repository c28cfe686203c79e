update messages
set sender = case $2 when '' then sender else $2 end, envelope = $3::jsonb, thread = $4, answers = $5, sent_at = coalesce($6, sent_at)
where id = $1 and state = 'dead'
