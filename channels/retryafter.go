package channels

import (
	"net/http"
	"strconv"
	"time"
)

// RetryAfter is for how long an API wants to be left alone that answers with
// this Retry-After, seconds or a date (RFC 9110 §10.2.3): a day at most, two
// seconds if it is neither.
func RetryAfter(said string, now time.Time) time.Duration {
	const usual, least, most = 2 * time.Second, 10 * time.Millisecond, 24 * time.Hour
	if n, err := strconv.Atoi(said); err == nil {
		return min(max(time.Duration(min(n, 1<<20))*time.Second, least), most)
	}
	if at, err := http.ParseTime(said); err == nil {
		return min(max(at.Sub(now), least), most)
	}
	return usual
}
