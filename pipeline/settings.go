package pipeline

import "gatehouse/ingest"

// Settings are those of the epoch in memory.
func (j *Judge) Settings() ingest.Settings { return j.Book().Settings() }
