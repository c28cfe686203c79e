-- Only a running job fetches; its row is locked before its messages, as steps do.
select created_by from jobs where id = $1 and state = 'running' for update
