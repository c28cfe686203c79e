package smpp

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
)

const (
	// slow is how long an answer may take before the centre may have given up
	// waiting for it, and delivers again on the same connection.
	slow = 5 * time.Second
	// maxDoubts bounds the place that is written with each batch: some 30 KiB.
	maxDoubts = 1000
)

// A doubt is a stored message of which it is not known whether the centre has
// its answer. If it has not, it delivers the message again.
type doubt struct {
	key  string // see keyOf
	at   time.Time
	link *link // on which it was answered in time; nil: it was not, or by an earlier process
	mark int   // how many answers that link had written with this one
}

// print is what the messages that a centre delivers again have in common, and
// no other but those that say the same.
func print(content ingest.Hash) string { return base64.RawURLEncoding.EncodeToString(content[:15]) }

func (d doubt) print() string { p, _, _ := strings.Cut(d.key, "."); return p }

// open reports whether the centre may deliver the message again: not while the
// connection lives on which it was answered.
func (d doubt) open() bool { return d.link == nil || d.link.dead() }

// doubts are those of a channel, oldest first. They are the place that a
// channel has reached: written in the transaction that stores the messages, so
// that whoever comes next knows them.
type doubts []doubt

// readDoubts reads a place. What is not one of ours is left out.
func readDoubts(place string) (all doubts) {
	for key := range strings.FieldsSeq(place) {
		_, text, _ := strings.Cut(key, ".")
		if us, err := strconv.ParseInt(text, 36, 64); err == nil {
			all = append(all, doubt{key: key, at: time.UnixMicro(us)})
		}
	}
	return all
}

// String is the place.
func (d doubts) String() string {
	var keys []string
	for _, x := range d {
		keys = append(keys, x.key)
	}
	return strings.Join(keys, " ")
}

// since drops what is older, and what is beyond all bounds.
func (d doubts) since(t time.Time) doubts {
	d = slices.DeleteFunc(slices.Clone(d), func(x doubt) bool { return x.at.Before(t) })
	return d[max(0, len(d)-maxDoubts):]
}

// redelivered takes out of the doubts the oldest message of that print that
// the centre may deliver again; false: there is none, the message is new.
func (d *doubts) redelivered(print string) (doubt, bool) {
	for i, x := range *d {
		if x.print() == print && x.open() {
			*d = slices.Delete(slices.Clone(*d), i, i+1)
			return x, true
		}
	}
	return doubt{}, false
}

// answered drops what was answered on a link, up to a mark: the centre has
// read it.
func (d doubts) answered(l *link, mark int) doubts {
	return slices.DeleteFunc(slices.Clone(d), func(x doubt) bool { return x.link == l && x.mark <= mark })
}

// set replaces the doubt of a key.
func (d doubts) set(x doubt) {
	if i := slices.IndexFunc(d, func(o doubt) bool { return o.key == x.key }); i >= 0 {
		d[i] = x
	}
}

func keyOf(print string, at time.Time) string {
	return print + "." + strconv.FormatInt(at.UnixMicro(), 36)
}

// partKeys are those of a part of a long message. Its reference tells it from
// others, so that it is known for an hour or two whatever became of its answer:
// a part that came within the hour before has one of its keys.
func partKeys(print string, at time.Time, within time.Duration) []string {
	n := at.UnixMicro() / within.Microseconds()
	return []string{print + ".p" + strconv.FormatInt(n, 36), print + ".p" + strconv.FormatInt(n-1, 36)}
}
