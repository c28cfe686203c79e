-- Whoever has the row looks, once in five seconds whatever number of processes there are; the others wait and find it done.
-- A moment that is yet to come is by a clock that is wrong, and keeps nobody from looking.
update alert_look set at = $1
where at < $1::timestamptz - interval '5 seconds' or at > $1::timestamptz + interval '5 seconds' returning true
