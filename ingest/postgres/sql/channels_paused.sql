select name from channels where paused
