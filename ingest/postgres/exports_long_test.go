//go:build long

package postgres

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// contacts makes so many, each with an address, a conversation, and a text of n
// octets beside its name.
func (s *Store) contacts(t *testing.T, number, n int) {
	t.Helper()
	do := func(statement string, args ...any) {
		_, err := s.pool.Exec(context.Background(), statement, args...)
		must(t, err)
	}
	do(`insert into contacts (id, name, company, created_at)
		select gen_random_uuid(), 'n' || n, repeat('x', $2), now() - n * interval '1 second' from generate_series(1, $1) n`, number, n)
	do("insert into identities (contact, kind, value, how) select id, 'email', name || '@example.com', 'header' from contacts")
	do("insert into conversations (id, contact, channel, family, status) select gen_random_uuid(), id, 1, 'email', 'open' from contacts")
	do("analyze contacts, identities, conversations")
}

// heap runs do, and returns how much more memory than before was in use at once.
func heap(do func()) (most uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	use := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, ended := use(), make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-ended:
			tick.Stop()
			return most - min(most, before)
		case <-tick.C:
			most = max(most, use())
		}
	}
}

// chunks reads a file as a download does.
type chunks struct {
	s  *Store
	id int64
	n  int
	at []byte
}

func (c *chunks) Read(b []byte) (int, error) {
	if len(c.at) == 0 {
		chunk, err := c.s.ExportChunk(context.Background(), c.id, c.n)
		if errors.Is(err, ingest.ErrNotFound) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		c.n, c.at = c.n+1, chunk
	}
	n := copy(b, c.at)
	c.at = c.at[n:]
	return n, nil
}

// A file of a hundred thousand contacts has each of them once, in their order,
// and while it is made a small part of it is in memory.
func TestLongExportOfManyContacts(t *testing.T) {
	const number = 100_000
	s := open(t)
	s.contacts(t, number, 250)
	id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
	most := heap(func() { s.made(t) })
	e := s.exportIs(t, id, ingest.ExportReady)
	if e.Rows != number || e.Bytes < 30<<20 || most > uint64(e.Bytes)/4 {
		t.Errorf("%d rows, %d octets, and of memory %d", e.Rows, e.Bytes, most)
	}
	c := &chunks{s: s, id: id}
	r := csv.NewReader(bufio.NewReader(c))
	head, err := r.Read()
	must(t, err)
	head[0] = strings.TrimPrefix(head[0], ingest.ByteOrderMark)
	name, known := slices.Index(head, "name"), slices.Index(head, "contact_id")
	seen, n := map[string]bool{}, 0
	for ; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if want := "n" + strconv.Itoa(n+1); row[name] != want || seen[row[known]] {
			t.Fatalf("row %d is %s, want %s, seen before: %v", n, row[name], want, seen[row[known]])
		}
		seen[row[known]] = true
	}
	if n != number {
		t.Errorf("%d rows", n)
	}
}

// What is larger than a file may be is refused with the number of its rows, and
// nothing is left of what was written of it.
func TestLongExportOfTooMuch(t *testing.T) {
	const number = 100_000
	s := open(t)
	s.contacts(t, number, 600)
	id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
	most := heap(func() { s.made(t) })
	e := s.exportIs(t, id, ingest.ExportState(ingest.JobFailed))
	if e.Error != ingest.ExportTooLarge || e.Rows != number || !strings.Contains(e.Says, "100000 rows") || most > 12<<20 {
		t.Errorf("%+v, and of memory %d", e, most)
	}
	if n := count(t, s, "select count(*) from export_chunks"); n != 0 {
		t.Errorf("%d chunks are left", n)
	}
}
