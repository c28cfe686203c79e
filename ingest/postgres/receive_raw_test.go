package postgres

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

// Whether the raw bytes of a batch go with the statement or as a stream behind
// it, they are those of its fresh messages.
func TestReceiveWritesRawBytesOfAnySize(t *testing.T) {
	for _, size := range []int{10, streamFrom / 2, streamFrom, chunkSize, chunkSize + 1, 2 * chunkSize} {
		s, ctx := open(t), context.Background()
		lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
		must(t, err)
		at, err := s.Cursor(ctx, "mail", "INBOX", lease.Token)
		must(t, err)
		var list []ingest.Arrival
		for i := range 3 {
			a := mail("ann@example.com", fmt.Sprint(i), "hi")
			a.Raw = bytes.Repeat([]byte{byte('a' + i)}, size)
			list = append(list, a)
		}
		list[1].Raw = nil // a mail that could not be had at all
		known := receive(t, s, list[0])
		r, err := s.Receive(ctx, ingest.Batch{Arrivals: list, Move: &ingest.Move{
			Channel: "mail", Mailbox: "INBOX", From: at, To: "3", Fence: lease.Token,
		}})
		must(t, err)
		if r.Results[0].Fresh || r.Results[0].ID != known.Results[0].ID {
			t.Errorf("%d: the repeat is %+v", size, r.Results[0])
		}
		for i, a := range list {
			var got []byte
			must(t, s.EachRaw(ctx, []ingest.ID{r.Results[i].ID}, func(_ ingest.ID, raw []byte) { got = raw }))
			if !bytes.Equal(got, a.Raw) {
				t.Errorf("%d: of mail %d are stored %d octets, want %d", size, i, len(got), len(a.Raw))
			}
		}
		if n := count(t, s, "select count(distinct message) from raw"); n != 3 {
			t.Errorf("%d: raw bytes of %d messages, want 3", size, n)
		}
	}
}
