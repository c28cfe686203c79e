package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlBesides = statement("besides")

// Count enters what a request had in it besides messages. Each report is an
// event, "receipt." and its status, as often as the provider sends it; what was
// registered as sent names its conversation. Who opted is heard in the same
// transaction.
func (s *Store) Count(ctx context.Context, channel string, b ingest.Besides) error {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		kinds, threads, data := reportColumns(channel, b.Reports)
		from, until, why := missedColumns(b.Missed)
		if _, err := tx.Exec(ctx, sqlBesides, c.ID, b.Ignored, b.Foreign, kinds, threads, data, from, until, why); err != nil {
			return err
		}
		return s.hearAll(ctx, tx, c, b.Opts)
	})
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// What a provider may put into an event, in octets.
const (
	maxReportID   = 200
	maxReportCode = 40
)

// receiptEvent is the data of an event about what the desk sent.
type receiptEvent struct {
	Channel string `json:"channel"`
	ID      string `json:"id"` // the provider's
	Code    string `json:"code,omitempty"`
	At      string `json:"at,omitempty"`
}

func reportColumns(channel string, reports []ingest.DeliveryReport) (kinds []string, threads [][]byte, data []string) {
	for _, r := range reports {
		if !r.Status.Known() || r.ID == "" {
			continue
		}
		e := receiptEvent{Channel: channel, ID: short(r.ID, maxReportID), Code: short(r.Code, maxReportCode)}
		if !r.At.IsZero() {
			e.At = r.At.UTC().Format("2006-01-02T15:04:05.000Z")
		}
		kinds, threads = append(kinds, "receipt."+string(r.Status)), append(threads, shortHash(r.ID))
		data = append(data, toJSON(e))
	}
	return kinds, threads, data
}

func missedColumns(missed []ingest.UnknownHours) (from, until []time.Time, why []string) {
	for _, m := range missed {
		from, until, why = append(from, m.From), append(until, m.Until), append(why, m.Why)
	}
	return from, until, why
}

// short is s of at most n octets, fit for a column.
func short(s string, n int) string { return text(s[:min(len(s), n)]) }

// hearAll hears what a provider tells of who opted, without a message of theirs.
func (s *Store) hearAll(ctx context.Context, tx pgx.Tx, c channel, opts []ingest.Opting) error {
	var ids []ingest.Identity
	for _, o := range opts {
		ids = append(ids, o.Identity)
	}
	if ids == nil {
		return nil
	}
	contacts, err := knownTo(ctx, tx, ids)
	if err != nil {
		return err
	}
	said := optsSaid{}
	for i, o := range opts {
		said.add(opinion{identity: o.Identity, channel: c.ID, opt: o.Opt, at: earlier(o.At, s.now()), source: ingest.OptByProvider, contact: contacts[i]})
	}
	return said.write(ctx, tx)
}

// earlier is at, but for clocks that are ahead of ours or tell nothing.
func earlier(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}
