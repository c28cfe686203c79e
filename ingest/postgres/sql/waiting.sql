-- The lanes that hold waiting messages: one probe a lane, however many wait.
select l.lane::int from generate_series(0, 63) l(lane)
where exists (select from messages m where m.state = 'received' and m.lane = l.lane)
