insert into intake (channel, accepted, repeats, ignored, strange) values ($1, $2, $3, $4, $5)
