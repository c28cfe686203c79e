package postgres

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestReceiveStoresOnce(t *testing.T) {
	s := open(t)
	first := receive(t, s, chat("ann", "1", "hello"), chat("bob", "1", "hi"))
	again := receive(t, s, chat("ann", "1", "hello"), chat("ann", "2", "more"))
	if again.Results[0].Fresh || again.Results[0].ID != first.Results[0].ID {
		t.Errorf("a repeat must name the message that stands: %+v, first %+v", again.Results[0], first.Results[0])
	}
	if !again.Results[1].Fresh {
		t.Error("a new message beside a repeat must be stored")
	}
	a := account(t, s, "chat")
	if a.Accepted != 3 || a.Repeats != 1 || a.InFlight != 3 {
		t.Errorf("account %+v", a)
	}
	lawful(t, s)
}

func TestReceiveTellsRepeatsWithinABatch(t *testing.T) {
	s := open(t)
	r := receive(t, s, chat("ann", "1", "hello"), chat("ann", "1", "hello"))
	if !r.Results[0].Fresh || r.Results[1].Fresh || r.Results[1].ID != r.Results[0].ID {
		t.Errorf("results %+v", r.Results)
	}
	lawful(t, s)
}

func TestReceiveKeepsOtherContentUnderAKnownKeyAsDead(t *testing.T) {
	s := open(t)
	first := receive(t, s, chat("ann", "1", "hello"))
	for range 2 { // and the conflict's own repeat makes no second one
		r := receive(t, s, chat("ann", "1", "other words"))
		if r.Results[0].ID == first.Results[0].ID {
			t.Error("the conflict must be a message of its own")
		}
	}
	if n := count(t, s, "select count(*) from messages where state = 'dead' and reason = 'key_conflict'"); n != 1 {
		t.Errorf("%d dead rows, want 1", n)
	}
	lawful(t, s)
}

func TestReceiveMovesTheCursorWithItsMessages(t *testing.T) {
	s, ctx := open(t), context.Background()
	lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
	must(t, err)
	at, err := s.Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	move := &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: at, To: "1", Fence: lease.Token, Era: 7}
	_, err = s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{mail("ann@example.com", "m1", "hi")}, Move: move})
	must(t, err)
	_, err = s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{mail("ann@example.com", "m2", "ho")}, Move: move})
	if !errors.Is(err, ingest.ErrFenced) {
		t.Fatalf("a cursor that has moved: %v, want ErrFenced", err)
	}
	if n := count(t, s, "select count(*) from messages"); n != 1 {
		t.Errorf("%d messages, want 1: a fenced batch stores nothing", n)
	}
	if a := account(t, s, "mail"); a.Accepted != 1 {
		t.Errorf("account %+v", a)
	}
}

func TestReceiveRefusesAnOldToken(t *testing.T) {
	s, ctx := open(t), context.Background()
	old, err := s.Acquire(ctx, "mail", "one", time.Millisecond)
	must(t, err)
	at, err := s.Cursor(ctx, "mail", "INBOX", old.Token)
	must(t, err)
	time.Sleep(20 * time.Millisecond)
	taken, err := s.Acquire(ctx, "mail", "two", time.Minute)
	must(t, err)
	if !taken.Careful {
		t.Error("the lease was not given back: its next holder must be careful")
	}
	_, err = s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{mail("ann@example.com", "m1", "hi")},
		Move: &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: at, To: "1", Fence: old.Token}})
	if !errors.Is(err, ingest.ErrFenced) {
		t.Fatalf("an old token: %v, want ErrFenced", err)
	}
	if err := s.Renew(ctx, "mail", old.Token, time.Minute); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("renewing a lost lease: %v", err)
	}
	must(t, s.Release(ctx, "mail", taken.Token))
	next, err := s.Acquire(ctx, "mail", "three", time.Minute)
	must(t, err)
	if next.Careful {
		t.Error("a lease given back in order asks for no care")
	}
}

func TestReceiveCutsLargeMessagesIntoChunks(t *testing.T) {
	s := open(t)
	a := mail("ann@example.com", "big", "big")
	a.Raw = bytes.Repeat([]byte("0123456789abcdef"), 3<<16) // 3 MiB
	r := receive(t, s, a)
	var got []byte
	rows, err := s.pool.Query(context.Background(), "select data from raw where message = $1 order by n", r.Results[0].ID)
	must(t, err)
	for rows.Next() {
		var b []byte
		must(t, rows.Scan(&b))
		if len(b) > chunkSize {
			t.Errorf("a chunk of %d bytes", len(b))
		}
		got = append(got, b...)
	}
	if !bytes.Equal(got, a.Raw) {
		t.Error("the chunks are not the message")
	}
}

func TestReceiveUsesPrintsUpOneToOneAfterAValidityChange(t *testing.T) {
	s, ctx := open(t), context.Background()
	lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
	must(t, err)
	at, err := s.Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	twin := func(key string) ingest.Arrival {
		a := mail("ann@example.com", "same", "same words")
		a.Keys = []string{key}
		return a
	}
	batch := func(from, to string, era int64, recheck bool, as ...ingest.Arrival) ingest.Receipt {
		r, err := s.Receive(ctx, ingest.Batch{Arrivals: as, Move: &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: from, To: to,
			Fence: lease.Token, Era: era, Recheck: recheck}})
		must(t, err)
		return r
	}
	batch(at, "a", 1, false, twin("1/1"), twin("1/2"))
	r := batch("a", "b", 2, true, twin("2/1"), twin("2/2"), twin("2/3"))
	fresh := 0
	for _, x := range r.Results {
		if x.Fresh {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d fresh of three equal mails where two were known: want 1", fresh)
	}
	if a := account(t, s, "mail"); a.Accepted != 3 || a.Repeats != 2 {
		t.Errorf("account %+v", a)
	}
	lawful(t, s)
}

func TestReceiveTakesBadTextAsItCan(t *testing.T) {
	s := open(t)
	a := mail("ann@example.com", "bad", "nul \x00 and \xff bytes and a written \\u0000")
	receive(t, s, a)
	settleAll(t, s, &testJudge{})
	lawful(t, s)
}

func TestReceiveKnowsAMessageByFurtherKeys(t *testing.T) {
	s := open(t)
	live, polled := chat("ann", "1", "hello"), chat("ann", "1", "hello")
	live.Keys, polled.Keys = []string{"sms/1"}, []string{"rest/1", "sms/1"}
	first := receive(t, s, live)
	r := receive(t, s, polled)
	if r.Results[0].Fresh || r.Results[0].ID != first.Results[0].ID {
		t.Fatalf("the same message by its second key: %+v", r.Results[0])
	}
	lawful(t, s)
	polled.Keys = []string{"rest/1"}
	if r := receive(t, s, polled); r.Results[0].ID != first.Results[0].ID {
		t.Error("its new key must name the message that stands")
	}
	lawful(t, s)
}
