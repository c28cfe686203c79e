-- What the habits of channels are learnt from, and since when it is counted.
select c.name, a.hour, a.n::int from arrivals a join channels c on c.id = a.channel where a.hour >= $1
