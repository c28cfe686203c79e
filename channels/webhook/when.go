package webhook

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// sentAt reads a time as systems write it: RFC 3339, the date of a mail (RFC
// 5322 §3.3), or a Unix time in seconds or milliseconds. nil: it is none.
func sentAt(s string) *time.Time {
	s = strings.TrimSpace(s)
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = mail.ParseDate(s)
	}
	if err != nil {
		at, err = unixTime(s)
	}
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return nil
	}
	at = at.UTC().Truncate(time.Millisecond)
	return &at
}

// unixTime takes a number that as seconds would be after the year 5000 for
// milliseconds.
func unixTime(s string) (time.Time, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	if n > 100_000_000_000 {
		return time.UnixMilli(n), nil
	}
	milli, err := strconv.ParseInt((fraction + "000")[:3], 10, 64)
	return time.UnixMilli(n*1000 + milli), err
}
