select id, kind, pass_epoch, created_by, total from jobs where id = $1 and state = 'running' for update skip locked
