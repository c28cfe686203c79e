-- Names under which a part has waited for too long; the oldest first.
select channel, name from parts where at <= $1 group by channel, name order by min(at) limit $2
