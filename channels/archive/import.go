package archive

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// A Store takes what an import brings.
type Store interface {
	// HasKeys reports of each key whether a message of the channel has it.
	HasKeys(ctx context.Context, channel string, keys []string) ([]bool, error)
	Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error)
}

// An Import brings archives of mail into a channel. It may be stopped at any
// time and run again: what is there is passed over, whether an earlier run or
// the mailbox itself brought it.
type Import struct {
	Store   Store
	Channel string
	Open    bool  // as if it came now; else it is history
	Limit   int64 // octets of a mail
	Read    func(raw []byte) (ingest.Message, error)
	Skipped func(error)  // a SkippedError: what is not brought, and why
	Tell    func(Counts) // after each batch

	counts Counts
	seen   map[ingest.Hash]int // of each content and header, how many came before
	batch  []waiting
	octets int
}

// Counts is how far an import is.
type Counts struct {
	Mails    int   `json:"mails"`
	Imported int   `json:"imported"`
	Known    int   `json:"known"`   // were there before
	Dead     int   `json:"dead"`    // of those imported, kept as they are: they could not be read
	Skipped  int   `json:"skipped"` // not brought
	Octets   int64 `json:"octets"`  // read
}

// waiting is a mail that is to be stored.
type waiting struct {
	mail   Mail
	key    string
	prints []ingest.Print
	copy   ingest.Copy
}

// The bounds of a batch.
const (
	maxBatch  = 200
	maxOctets = 8 << 20
)

// Run brings what lies at the paths.
func (i *Import) Run(ctx context.Context, paths ...string) (Counts, error) {
	i.seen = map[ingest.Hash]int{}
	for _, path := range paths {
		for m, err := range Mails(ctx, path, i.Limit) {
			if err = i.take(ctx, m, err); err != nil {
				return i.counts, err
			}
		}
	}
	return i.counts, i.flush(ctx)
}

func (i *Import) take(ctx context.Context, m Mail, err error) error {
	var skipped *SkippedError
	switch {
	case errors.As(err, &skipped):
		i.counts.Skipped++
		i.Skipped(skipped)
		return nil
	case err != nil:
		return err
	}
	i.batch = append(i.batch, i.identify(m))
	i.octets += len(m.Raw)
	if len(i.batch) < maxBatch && i.octets < maxOctets {
		return nil
	}
	return i.flush(ctx)
}

// identify tells a mail from others of its kind: it is the so many-th of its
// content and of its header in these archives, whichever order they are read in.
func (i *Import) identify(m Mail) waiting {
	w := waiting{mail: m, prints: mime.Prints(m.Raw), copy: ingest.Copy{Header: -1}}
	for _, p := range w.prints {
		switch {
		case p.Kind == "raw":
			w.copy.Content = i.count(p.Hash)
			w.key = "import\x00" + hex.EncodeToString(p.Hash[:]) + "\x00" + strconv.Itoa(w.copy.Content)
		case mime.Traced(m.Raw):
			w.copy.Header = i.count(p.Hash)
		}
	}
	return w
}

func (i *Import) count(h ingest.Hash) (before int) {
	before = i.seen[h]
	i.seen[h]++
	return before
}

// flush stores what waits and is not there yet.
func (i *Import) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	keys := make([]string, len(i.batch))
	for n, w := range i.batch {
		keys[n] = w.key
	}
	known, err := i.Store.HasKeys(ctx, i.Channel, keys)
	if err != nil {
		return err
	}
	var arrivals []ingest.Arrival
	i.counts.Mails += len(i.batch)
	for n, w := range i.batch {
		if i.counts.Octets += w.mail.Read; known[n] {
			i.counts.Known++
		} else {
			arrivals = append(arrivals, i.arrival(w))
		}
	}
	i.batch, i.octets = i.batch[:0], 0
	if err := i.store(ctx, arrivals); err != nil {
		return err
	}
	i.Tell(i.counts)
	return nil
}

func (i *Import) arrival(w waiting) ingest.Arrival {
	a := ingest.Arrival{Raw: w.mail.Raw, Keys: []string{w.key}, Prints: w.prints, Copy: w.copy}
	var err error
	if a.Message, err = i.Read(w.mail.Raw); err != nil {
		a.Message, a.Problem, a.Note = ingest.Message{Auto: ingest.AutoNone}, ingest.ReasonUnreadable, err.Error()
	}
	a.Message.Channel, a.Message.Family, a.Message.Historic = i.Channel, ingest.Email, !i.Open
	if at := w.mail.At; a.Message.SentAt == nil && !at.IsZero() {
		a.Message.SentAt = &at
	}
	return a
}

// store stores arrivals in one transaction, or, where the database refuses the
// data of one, each in its own and that one as dead.
func (i *Import) store(ctx context.Context, arrivals []ingest.Arrival) error {
	if len(arrivals) == 0 {
		return nil
	}
	receipt, err := i.Store.Receive(ctx, ingest.Batch{Arrivals: arrivals, Import: true})
	switch {
	case err == nil:
		i.booked(arrivals, receipt)
		return nil
	case !ingest.Invalid(err):
		return err
	case len(arrivals) == 1:
		return i.storeDead(ctx, arrivals[0], err)
	}
	for n := range arrivals {
		if err := i.store(ctx, arrivals[n:n+1]); err != nil {
			return err
		}
	}
	return nil
}

func (i *Import) storeDead(ctx context.Context, a ingest.Arrival, cause error) error {
	dead := []ingest.Arrival{channels.Rejected(a, cause.Error())}
	receipt, err := i.Store.Receive(ctx, ingest.Batch{Arrivals: dead, Import: true})
	if err == nil {
		i.booked(dead, receipt)
	}
	return err
}

func (i *Import) booked(arrivals []ingest.Arrival, receipt ingest.Receipt) {
	for n, r := range receipt.Results {
		switch {
		case !r.Fresh:
			i.counts.Known++
		default:
			i.counts.Imported++
			if arrivals[n].Problem != "" {
				i.counts.Dead++
			}
		}
	}
}
