package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// place is where a message came in the order of first settling.
type place struct {
	n   int64  // of its settle: grows along a lane
	xid string // of its settle
	at  int64  // when the judge was last asked, for messages of one settle
}

// places reads them from what the database noted in each settle itself, and
// within a settle from the judge.
func (w *world) places() map[ingest.ID]place {
	w.t.Helper()
	rows, err := w.db.Query(context.Background(), "select message, min(n) over (partition by xid), xid::text from firsts")
	must(w.t, err)
	found := map[ingest.ID]place{}
	var id [16]byte
	var p place
	_, err = pgx.ForEachRow(rows, []any{&id, &p.n, &p.xid}, func() error {
		if at, ok := w.judged.Load(ingest.ID(id)); ok {
			p.at = at.(int64)
		}
		found[id] = p
		return nil
	})
	must(w.t, err)
	return found
}

func (p place) before(q place) bool {
	if p.xid == q.xid {
		return p.at < q.at
	}
	return p.n < q.n
}

// inOrder holds law 9: of one sender's messages, that which was acknowledged
// before another was sent is settled first. It returns how many such pairs it
// has seen, and the wrong ones.
func (h *history) inOrder() (pairs int, wrong []string) {
	h.t.Helper()
	at := h.places()
	bySender := map[string][]*sending{}
	for _, s := range h.sent {
		if _, settled := at[s.result.ID]; settled && s.result.Fresh {
			key := s.arrival.Message.From.Key()
			bySender[key] = append(bySender[key], s)
		}
	}
	for sender, list := range bySender {
		for i, a := range list {
			for _, b := range list[i+1:] {
				if b.returned < a.began {
					a, b = b, a
				}
				if a.returned >= b.began {
					continue
				}
				pairs++
				if pa, pb := at[a.result.ID], at[b.result.ID]; !pa.before(pb) {
					wrong = append(wrong, fmt.Sprintf("%s: %s %+v was settled after %s %+v", sender, a.result.ID, pa, b.result.ID, pb))
				}
			}
		}
	}
	return pairs, wrong
}

// kept is a message as it is kept.
type kept struct {
	id    ingest.ID
	state ingest.State
	raw   []byte
}

// byKey reads all messages by the hashes of their keys.
func (w *world) byKey() map[string]kept {
	w.t.Helper()
	rows, err := w.db.Query(context.Background(), `
		select k.key_hash, m.id, m.state::text, (select string_agg(r.data, '' order by n) from raw r where r.message = m.id)
		from message_keys k join messages m on m.id = k.message`)
	must(w.t, err)
	found := map[string]kept{}
	var hash []byte
	var id [16]byte
	var k kept
	_, err = pgx.ForEachRow(rows, []any{&hash, &id, &k.state, &k.raw}, func() error {
		k.id = id
		found[string(hash)] = kept{id, k.state, slices.Clone(k.raw)}
		return nil
	})
	must(w.t, err)
	return found
}

// there reports whether a message has a row.
func (w *world) there(id ingest.ID) bool {
	return ask[int](w, "select count(*) from messages where id = $1", [16]byte(id)) == 1
}

// acknowledgedIsThere holds laws 1 and 3: what was acknowledged is there,
// once, with its bytes, decided. Only refusals beyond the first hundred leave
// no row.
func (h *history) acknowledgedIsThere() {
	h.t.Helper()
	found := h.byKey()
	gone := map[string]bool{}
	for _, s := range h.sent {
		key := s.arrival.Keys[0]
		k, ok := found[string(keyHash(key))]
		switch {
		case !ok, k.id != s.result.ID && !h.there(s.result.ID):
			gone[key] = true // or gone, and sent again after that
		case k.id != s.result.ID:
			h.t.Errorf("law 3: %s was acknowledged as %s and is %s", key, s.result.ID, k.id)
		case k.state == ingest.Received:
			h.t.Errorf("%s was never decided", key)
		case k.state != ingest.Refused && k.state != ingest.Purged && !bytes.Equal(k.raw, s.arrival.Raw):
			h.t.Errorf("law 1: %s is not what was sent", key)
		}
	}
	counted := ask[int](h.world, "select coalesce(sum(greatest(n - 100, 0)), 0) from refusals")
	if len(gone) > counted {
		h.t.Errorf("law 1: %d acknowledged messages are not there, %d were refused beyond the first hundred", len(gone), counted)
	}
	if counted == 0 {
		h.countedOnce(len(found))
	}
}

// countedOnce holds law 2 against what the test itself knows.
func (h *history) countedOnce(keys int) {
	h.t.Helper()
	accepted := ask[int](h.world, `select sum(accepted) from (select accepted from accounts union all select accepted from intake) x`)
	messages := ask[int](h.world, "select count(*) from messages")
	if accepted != messages || messages != keys {
		h.t.Errorf("laws 2, 3: %d accepted, %d messages, %d keys", accepted, messages, keys)
	}
}
