package smpp

import (
	"context"
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// store stores a batch, and only then answers it. Where that fails, the centre
// is asked to deliver it again, and whatever else it has delivered.
func (p *Poller) store(ctx context.Context, in channels.Session, batch []parcel) error {
	release, err := in.Hold(ctx, bytesOf(batch))
	if err != nil {
		return err
	}
	defer release()
	next := slices.Clone(p.doubts)
	items := make([]*item, 0, len(batch))
	for _, x := range batch {
		it, err := p.open(ctx, in, x, &next, items)
		if err != nil {
			return p.turnAway(batch, err)
		}
		items = append(items, it)
	}
	for _, it := range items {
		if it.doubt != nil {
			next = append(next, *it.doubt)
		}
	}
	if err := p.commit(ctx, in, items, next); err != nil {
		return p.turnAway(batch, err)
	}
	p.doubts = next
	err = p.count(ctx, in, items)
	p.answer(items)
	return err
}

func bytesOf(batch []parcel) (n int64) {
	for _, x := range batch {
		n += int64(len(x.body))
	}
	return n
}

// turnAway asks the centre to try again with all that is in hand. Whether it
// was stored nobody knows; the place does, which is read anew.
func (p *Poller) turnAway(batch []parcel, why error) error {
	p.known = false
	for ; len(batch) > 0; batch = p.inbox.take(maxBatch) {
		for _, x := range batch {
			if _, err := x.from.reply(x.pdu, temporaryError); err != nil {
				x.from.fail(err)
			}
		}
	}
	return why
}

// commit stores the items' messages, or, where the database refuses the data
// of some, each by itself.
func (p *Poller) commit(ctx context.Context, in channels.Session, items []*item, next doubts) error {
	var arrivals []ingest.Arrival
	for _, it := range items {
		if it.arrival != nil {
			arrivals = append(arrivals, *it.arrival)
		}
	}
	if len(arrivals) == 0 {
		return nil
	}
	err := p.receive(ctx, in, arrivals, next)
	if !ingest.Invalid(err) {
		return err
	}
	why := err.Error()
	for _, a := range arrivals {
		if err = p.receive(ctx, in, []ingest.Arrival{a}, next); ingest.Invalid(err) {
			err = p.receive(ctx, in, []ingest.Arrival{channels.Rejected(a, why)}, next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// receive stores arrivals together with the doubts there are then. A doubt
// about what is not stored does no harm: it only says which key it will have.
func (p *Poller) receive(ctx context.Context, in channels.Session, arrivals []ingest.Arrival, next doubts) error {
	to := next.since(p.host.Now().Add(-p.config.RedeliveredWithin)).String()
	_, err := in.Receive(ctx, ingest.Batch{Arrivals: arrivals, Move: &ingest.Move{From: p.place, To: to}})
	if err == nil {
		p.place = to
	}
	return err
}

// count notes what came besides messages. What could not be noted, or only
// looked at, is to come again.
func (p *Poller) count(ctx context.Context, in channels.Session, items []*item) error {
	var all ingest.Besides
	for _, it := range items {
		all.Ignored += it.besides.Ignored
		all.Reports = append(all.Reports, it.besides.Reports...)
	}
	if all.Ignored == 0 {
		return nil
	}
	var err error
	if !p.looks {
		err = in.Count(ctx, all)
	}
	for _, it := range items {
		if (err != nil || p.looks) && it.besides.Ignored > 0 {
			it.status = temporaryError
		}
	}
	return err
}

// answer tells the centre what became of each. About a message that is
// answered in time there is no doubt as long as the session lives.
func (p *Poller) answer(items []*item) {
	for _, it := range items {
		mark, err := it.from.reply(it.pdu, it.status)
		if err != nil {
			it.from.fail(err)
		}
		if it.doubt != nil && err == nil && !it.late() {
			p.doubts.set(doubt{key: it.doubt.key, at: it.doubt.at, link: it.from, mark: mark})
		}
	}
}
