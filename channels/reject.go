package channels

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"gatehouse/ingest"
)

// storeOne stores the arrivals of one call in one commit. If their data is at
// fault, the bad one is replaced by a dead one; if no single one is to blame,
// all are.
func (g *Group) storeOne(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	receipt, err := g.write(ctx, arrivals)
	if !ingest.Invalid(err) {
		return receipt, err
	}
	cause := err
	for i := range arrivals {
		some := slices.Clone(arrivals)
		some[i] = Rejected(arrivals[i], cause.Error())
		if receipt, err = g.write(ctx, some); !ingest.Invalid(err) {
			return receipt, err
		}
	}
	all := make([]ingest.Arrival, len(arrivals))
	for i := range arrivals {
		all[i] = Rejected(arrivals[i], cause.Error())
	}
	return g.write(ctx, all)
}

// Rejected is a with nothing left that a database could refuse: its raw bytes,
// keys and prints, where and when it came, and why it is dead.
func Rejected(a ingest.Arrival, why string) ingest.Arrival {
	return ingest.Arrival{
		Message: ingest.Message{
			Channel: a.Message.Channel, Family: a.Message.Family, ReceivedAt: a.Message.ReceivedAt, Auto: ingest.AutoNone,
			Historic: a.Message.Historic, Recovered: a.Message.Recovered,
		},
		Raw: a.Raw, Keys: a.Keys, Content: a.Content, Prints: a.Prints, Copy: a.Copy,
		Problem: ingest.ReasonRejected, Note: plain(why),
	}
}

// plain makes a text of strangers fit for a column: valid UTF-8, no NUL, at
// most 500 bytes.
func plain(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
	for cut := 500; len(s) > cut; cut-- {
		if utf8.RuneStart(s[cut]) {
			return s[:cut]
		}
	}
	return s
}
