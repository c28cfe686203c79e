package smpp

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxTries is how often a delivery may end the process that reads it.
const maxTries = 3

// An item is a parcel with what it became.
type item struct {
	parcel
	status  status          // what it is answered
	arrival *ingest.Arrival // nil: there is nothing to store
	print   string          // of a message
	doubt   *doubt          // of one that is no part; nil: none
	besides ingest.Besides
}

// late reports whether the centre may have given up waiting for an answer.
func (x parcel) late() bool { return time.Since(x.at) >= slow }

// open reads a parcel. doubts are those there are, of which it takes its own;
// before are the items of its batch so far.
func (p *Poller) open(ctx context.Context, in channels.Session, x parcel, doubts *doubts, before []*item) (*item, error) {
	it := &item{parcel: x}
	stamp := p.host.Stamp()
	if in.Careful() {
		body := print(ingest.Sum(string(x.body)))
		tries, err := in.Attempt(ctx, "", body)
		if err != nil {
			return nil, err
		}
		if tries > maxTries {
			return it, it.giveUp(stamp, body)
		}
	}
	d, err := readDelivery(x.pdu)
	if bad, ok := err.(malformed); ok {
		it.status = bad.status
		p.host.Log.Warn("a delivery is refused", "channel", p.host.Channel, "status", bad.status.String(), "err", err)
		return it, nil
	}
	if d.receipt() {
		it.besides.Ignored = 1
		if r, known := d.report(); known {
			it.besides.Reports = []ingest.DeliveryReport{r}
		}
		return it, nil
	}
	return it, p.message(it, d, stamp, doubts, before)
}

// giveUp keeps a delivery unread, since reading it ended the process.
func (it *item) giveUp(s channels.Stamp, body string) error {
	raw, err := channels.Seal(s, it.octets())
	it.arrival = &ingest.Arrival{
		Message: ingest.Message{ReceivedAt: s.At, Auto: ingest.AutoNone}, Raw: raw, Keys: []string{"body:" + body},
		Content: ingest.Sum(string(it.body)), Problem: ingest.ReasonCrashed, Note: "reading it ended the process",
	}
	return err
}

// message makes the arrival of a message or a part of one, and names it.
func (p *Poller) message(it *item, d delivery, s channels.Stamp, doubts *doubts, before []*item) (err error) {
	it.print = print(content([]delivery{d}))
	o := outer{Charset: p.config.charset}
	if _, part := d.place(); part {
		o.Keys = partKeys(it.print, p.host.Now(), p.config.RedeliveredWithin)
	} else {
		it.doubt = p.name(it, doubts, before)
		o.Keys = []string{it.doubt.key}
	}
	if s.Outer, err = json.Marshal(o); err != nil {
		return err
	}
	a := channels.Reader(read).Arrival(s, it.octets())
	it.arrival = &a
	return nil
}

// name gives a message its key: that of the one which it may be again, or a new
// one. Of two in one batch, the later is the earlier again if it came so much
// later that the centre may not have waited any longer.
func (p *Poller) name(it *item, doubts *doubts, before []*item) *doubt {
	if x, again := doubts.redelivered(it.print); again {
		return &doubt{key: x.key, at: x.at}
	}
	for _, b := range before {
		if b.print == it.print && b.doubt != nil && it.at.Sub(b.at) >= slow {
			return &doubt{key: b.doubt.key, at: b.doubt.at}
		}
	}
	at := p.host.Now()
	if !at.After(p.last) {
		at = p.last.Add(time.Microsecond)
	}
	p.last = at
	return &doubt{key: keyOf(it.print, at), at: at}
}
