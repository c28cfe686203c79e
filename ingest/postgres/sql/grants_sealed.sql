select channel, sealed from grants order by channel
