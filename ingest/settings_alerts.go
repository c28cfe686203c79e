package ingest

import (
	"fmt"
	"time"
)

// leastAlert is how long what is alerted of must have lasted at least: within a
// minute much mends itself.
const leastAlert = Keep(time.Minute)

func (s Settings) checkAlerts() error {
	for name, k := range map[string]Keep{"alert_remind": s.AlertRemind, "alert_unopened": s.AlertUnopened,
		"alert_unsettled": s.AlertUnsettled, "alert_late": s.AlertLate} {
		if k != 0 && k < leastAlert {
			return fmt.Errorf("%s %s: want at least %s, or never", name, time.Duration(k), leastAlert)
		}
	}
	if s.AlertDatabaseBytes < 0 {
		return fmt.Errorf("alert_database_bytes %d: want a number that is not negative", s.AlertDatabaseBytes)
	}
	if s.AlertDiskFree < 0 || s.AlertDiskFree > 99 {
		return fmt.Errorf("alert_disk_free %d: want 0 to 99 percent", s.AlertDiskFree)
	}
	return nil
}
