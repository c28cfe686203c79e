-- The waiting messages of a lane, in the order of their commit, if the lane is ours. Its lock is held before this
-- statement begins, so its snapshot sees all that an earlier settle of the lane did. Without it nothing is read: a
-- row that another settle has locked would have to be waited for.
select m.id, m.seq, m.channel, m.received_at, m.sent_at, m.envelope, m.recovered is not null, m.thread, m.answers, m.contact,
       m.pass_job, m.pass_epoch, m.pass_order, j.created_by, j.created_at, j.send_to
from messages m left join jobs j on j.id = m.pass_job
where m.state = 'received' and m.lane = $1 and current_setting('gatehouse.lane') = 'mine'
order by m.seq limit $2
for update of m
