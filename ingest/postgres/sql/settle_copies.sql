-- Which mails of the batch are, by their names, what the desk sent.
select o.channel, o.thread, o.conversation, o.sender
from unnest($1::int[], $2::bytea[]) x(channel, thread)
join outgoing o on o.channel = x.channel and o.thread = x.thread
