package channels

import (
	"strconv"
	"time"
)

// UnixSeconds reads a provider's timestamp: decimal digits without sign or
// leading zero, as they were signed.
func UnixSeconds(s string) (time.Time, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return time.Time{}, CauseOther.Because("the timestamp is no number of seconds")
	}
	return time.Unix(n, 0), nil
}

// Recent returns nil if at is within tolerance of now, either way. It bounds
// for how long a request that somebody recorded could be sent again.
func Recent(now, at time.Time, tolerance time.Duration) error {
	if d := now.Sub(at); d > tolerance || d < -tolerance {
		return CauseClock.Because("signed %s from now by this machine's clock; at most %s are allowed", d.Abs().Round(time.Second), tolerance)
	}
	return nil
}
