package ingest

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rate is a limit: so many in so much time. It is written COUNT/PERIOD, as
// "100/1m"; the zero Rate limits nothing and is written "".
type Rate struct {
	Count int           // 1 to a million
	Per   time.Duration // whole seconds, up to a day
}

// The bounds of a Rate.
const (
	mostCount = 1_000_000
	mostPer   = 24 * time.Hour
)

// ParseRate reads what String writes.
func ParseRate(s string) (Rate, error) {
	if s == "" {
		return Rate{}, nil
	}
	n, per, found := strings.Cut(s, "/")
	if !found {
		return Rate{}, fmt.Errorf("want COUNT/PERIOD, as 100/1m, or nothing for no limit")
	}
	r := Rate{}
	var err error
	if r.Count, err = strconv.Atoi(n); err != nil || r.Count < 1 || r.Count > mostCount {
		return Rate{}, fmt.Errorf("want a count from 1 to %d before the slash", mostCount)
	}
	if r.Per, err = time.ParseDuration(per); err != nil || r.Per < time.Second || r.Per > mostPer || r.Per%time.Second != 0 {
		return Rate{}, fmt.Errorf("want a period of whole seconds behind the slash, from 1s to 24h")
	}
	return r, nil
}

// String writes a Rate as people would: 20/1h, not 20/1h0m0s.
func (r Rate) String() string {
	if !r.On() {
		return ""
	}
	return strconv.Itoa(r.Count) + "/" + r.Period()
}

// Period is Per as people write it: 1h, not 1h0m0s.
func (r Rate) Period() string {
	per := r.Per.String()
	if strings.HasSuffix(per, "m0s") {
		per = strings.TrimSuffix(per, "0s")
	}
	if strings.HasSuffix(per, "h0m") {
		per = strings.TrimSuffix(per, "0m")
	}
	return per
}

// On reports whether there is a limit.
func (r Rate) On() bool { return r.Count > 0 }

// Slot is the stretch of time that at falls in: stretches of Per follow each
// other since the year 1.
func (r Rate) Slot(at time.Time) time.Time { return at.UTC().Truncate(r.Per) }

// Level is how full a bucket of this Rate is at a time: what it took within
// the slot, and what is left of what it took in the slot before, from which it
// is emptied at an even pace.
//
// The levels of a bucket depend on when messages were received, and not on the
// order in which they are decided: lanes are settled beside each other, and
// after an outage one by one.
func (r Rate) Level(at time.Time, before, within int) float64 {
	left := 1 - float64(at.Sub(r.Slot(at)))/float64(r.Per)
	return float64(before)*left + float64(within)
}

// BucketKind is what the messages of a bucket have in common.
type BucketKind string

// The kinds of bucket.
const (
	BySender  BucketKind = "sender"
	ByDomain  BucketKind = "domain"
	ByChannel BucketKind = "channel"
	ByThread  BucketKind = "thread" // what programs write into one conversation
)

// Bucket counts what was let through of one sender, domain, channel or thread.
type Bucket struct {
	Kind  BucketKind
	Key   [16]byte // a hash: nobody's address
	Rate  Rate
	Level float64 // when the message was received, without it
}

// NewBucket names the bucket of a kind and of whom it is. A rate of another
// period begins a new one.
func NewBucket(kind BucketKind, of string, r Rate) Bucket {
	sum := sha256.Sum256([]byte(string(kind) + "\x00" + r.Per.String() + "\x00" + of))
	return Bucket{Kind: kind, Key: [16]byte(sum[:16]), Rate: r}
}

// Full reports whether one more message is too many.
func (b Bucket) Full() bool { return b.Level+1 > float64(b.Rate.Count) }
