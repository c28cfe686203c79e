package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// Mail that an archive brought is recognised when a mail server delivers it,
// each once, whatever its recipients are called and though one commit is for
// several channels; a delivery that is repeated uses up no other.
func TestDeliveredMailThatWasImported(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	must(t, s.Register(ctx, "other", "smtp", ingest.Email))
	old := func(channel, key string, copies int) ingest.Arrival {
		a := mail("ann@example.com", "old", "An old question")
		a.Message.Channel, a.Keys, a.Copy = channel, []string{key}, ingest.Copy{Content: copies, Header: -1}
		return a
	}
	imported := map[string][]ingest.ID{}
	for _, channel := range []string{"mail", "other"} {
		r, err := s.Receive(ctx, ingest.Batch{Import: true, Arrivals: []ingest.Arrival{old(channel, "import/1", 0), old(channel, "import/2", 1)}})
		must(t, err)
		for _, x := range r.Results {
			imported[channel] = append(imported[channel], x.ID)
		}
	}
	wants := func(r ingest.Receipt, want ...ingest.ID) {
		t.Helper()
		for i, x := range r.Results {
			if fresh := want[i].IsZero(); x.Fresh != fresh || !fresh && x.ID != want[i] {
				t.Errorf("arrival %d is %s, fresh %t; want %s", i, x.ID, x.Fresh, want[i])
			}
		}
	}
	of := func(channel, key string) ingest.Arrival { return old(channel, key, 0) }
	wants(receive(t, s, of("other", "to/a"), of("mail", "to/a"), of("mail", "to/b")), imported["other"][0], imported["mail"][0], imported["mail"][1])
	wants(receive(t, s, of("mail", "to/a"), of("mail", "to/b"), of("mail", "to/c")), imported["mail"][0], imported["mail"][1], ingest.ID{})
	wants(receive(t, s, of("other", "to/b")), imported["other"][1])
	wants(receive(t, s, of("other", "to/c")), ingest.ID{})
}
