package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// A flood from banned senders leaves hardly a row, comes it through the door or
// is it told by its header, and costs the database less than half of what the
// same messages cost that are let in.
func TestBannedFloodLeavesNoRows(t *testing.T) { bannedFlood(t, 10_000) }

// mostGrowth is how many rows a flood may leave in any table.
const mostGrowth = 1000

func bannedFlood(t *testing.T, n int) {
	w, r := newRefuser(t)
	_, err := w.db.Exec(context.Background(), "drop trigger firsts on messages; drop table firsts")
	must(t, err)
	rules := map[string]int64{}
	for _, of := range []string{"visitor:banned0", "visitor:banned1", "visitor:banned2", "domain:banned.example.com"} {
		rules[of] = w.set(order(ingest.Ban, of)).ID
	}
	door := func(who string) func(i int) ingest.Arrival {
		return func(i int) ingest.Arrival {
			return chat(fmt.Sprintf("%s%d", who, i%3), fmt.Sprint(i), fmt.Sprintf("message %d, of some length: %0500d", i, i))
		}
	}
	byHeader := func(i int) ingest.Arrival {
		a := mail(fmt.Sprintf("s%d@banned.example.com", i), fmt.Sprint(i), fmt.Sprintf("t%d", i))
		a.Refused, a.Raw = rules["domain:banned.example.com"], nil
		return a
	}
	for i := range 3 {
		w.receive(chat(fmt.Sprint("known", i), "hello", "hello"))
	}
	w.settleAll()
	for _, id := range all[string](w, "select contact::text from identities where value like 'known%'") {
		w.set(order(ingest.Ban, "contact:"+id))
	}
	must(t, r.Refresh(context.Background(), r.witness))
	accepted := w.pour(n, door("ann"))
	before := w.rows()
	floods := map[string]func(int) ingest.Arrival{"through the door": door("banned"), "of banned contacts": door("known"), "by header": byHeader}
	for name, flood := range floods {
		cost := w.pour(n, flood)
		for table, rows := range w.rows() {
			if grown := rows - before[table]; grown > mostGrowth {
				t.Errorf("%s: %d messages left %d rows in %s", name, n, grown, table)
			}
		}
		t.Logf("%s: %d bytes a message, %d of one that is let in", name, cost/n, accepted/n)
		if 2*cost >= accepted {
			t.Errorf("%s: a refused message costs %d bytes of log, one that is let in %d", name, cost/n, accepted/n)
		}
	}
	w.lawful()
	if refused := ask[int](w, "select sum(n) from refusals"); refused != len(floods)*n {
		t.Errorf("%d refusals are counted, want %d", refused, len(floods)*n)
	}
	if hits := ask[int](w, "select sum(hits) from rules"); hits != len(floods)*n {
		t.Errorf("%d hits are counted, want %d", hits, len(floods)*n)
	}
}

// pour receives and settles n messages, folding as the sweeper does, and
// returns how much the database wrote to its log.
func (w *world) pour(n int, make func(i int) ingest.Arrival) int {
	w.t.Helper()
	const batch = 50
	begin, at := ask[string](w, "select pg_current_wal_insert_lsn()::text"), time.Now()
	var as []ingest.Arrival
	for i := range n {
		if as = append(as, make(i)); len(as) == batch {
			w.receive(as...)
			as = as[:0]
		}
		if i%2000 == 1999 {
			w.settleAll()
			must(w.t, w.replicas[0].Fold(context.Background()))
		}
	}
	w.t.Logf("%d in %v", n, time.Since(at))
	return ask[int](w, "select (pg_current_wal_insert_lsn() - $1::pg_lsn)::bigint", begin)
}

// rows counts the rows of every table.
func (w *world) rows() map[string]int {
	w.t.Helper()
	counts := map[string]int{}
	for _, table := range all[string](w, "select tablename from pg_tables where schemaname = current_schema() order by 1") {
		counts[table] = ask[int](w, "select count(*) from "+pgx.Identifier{table}.Sanitize())
	}
	return counts
}

// newRefuser is a world with one replica, which knows by itself who is banned.
func newRefuser(t *testing.T) (*world, *replica) {
	w := newWorld(t, 1)
	r := w.replicas[0]
	r.Store = w.store("refuser", postgres.Options{Refuser: r.witness})
	return w, r
}

// What is refused at the door leaves who wrote it and nothing of what they
// wrote, beside others who are let in with the same commit.
func TestRefusedAtTheDoor(t *testing.T) {
	w, r := newRefuser(t)
	ban := w.set(order(ingest.Ban, "visitor:banned")).ID
	must(t, r.Refresh(context.Background(), r.witness))
	batch := []ingest.Arrival{chat("ann", "1", "hello"), chat("banned", "1", "planted"), chat("banned", "1", "planted"), chat("ann", "2", "again")}
	results := w.receive(batch...).Results
	if got := ask[string](w, "select concat_ws(' ', state, rule, envelope) from messages where sender = 'visitor:banned'"); got !=
		fmt.Sprintf(`refused %d {"from": {"how": "header", "kind": "visitor", "name": "banned", "value": "banned", "address": ""}}`, ban) {
		t.Errorf("kept of it: %s", got)
	}
	if n := ask[int](w, "select count(*) from raw r join messages m on m.id = r.message where m.sender = 'visitor:banned'"); n != 0 {
		t.Errorf("%d rows of raw bytes", n)
	}
	w.settleAll()
	if got := w.becameOf([]ingest.ID{results[0].ID, results[1].ID, results[3].ID}); !slices.Equal(got, []string{"conversed", "refused", "conversed"}) {
		t.Errorf("%q", got)
	}
	if again := w.receive(batch...).Results; again[1].Fresh || again[1].ID != results[1].ID {
		t.Errorf("the same once more: %+v, before it was %+v", again[1], results[1])
	}
	w.lawful()
}

// A rule on the contact prevails over a ban on its address: whose the address
// is, is asked when the batch is stored, whatever memory says.
func TestAllowedContactAtTheDoor(t *testing.T) {
	w, r := newRefuser(t)
	w.receive(chat("v", "1", "hello"))
	w.settleAll()
	w.set(order(ingest.Ban, "everyone"))
	w.set(order(ingest.Allow, "contact:"+ask[string](w, "select contact::text from identities where value = 'v'")))
	must(t, r.Refresh(context.Background(), r.witness))
	results := w.receive(chat("v", "2", "me again"), chat("other", "1", "me too")).Results
	w.settleAll()
	if got := w.becameOf([]ingest.ID{results[0].ID, results[1].ID}); !slices.Equal(got, []string{"conversed", "refused"}) {
		t.Errorf("%q", got)
	}
	w.lawful()
}

// A ban that is gone when the batch is stored refuses nothing, though the rules
// in memory still have it: the content is there and is kept.
func TestBanGoneAtTheDoor(t *testing.T) {
	w, r := newRefuser(t)
	ban := w.set(order(ingest.Ban, "visitor:banned"))
	must(t, r.Refresh(context.Background(), r.witness))
	lifter := w.replica(postgres.Options{}) // another process
	_, err := lifter.Lift(context.Background(), ingest.LiftOrder{Rules: []int64{ban.ID}, Actor: "sam"})
	must(t, err)
	result := w.receive(chat("banned", "1", "welcome back")).Results[0]
	if !result.Fresh || result.Again {
		t.Fatalf("%+v", result)
	}
	w.settleAll()
	if got := w.becameOf([]ingest.ID{result.ID}); got[0] != "conversed" {
		t.Errorf("%q", got)
	}
	if raw := ask[string](w, "select convert_from(data, 'utf8') from raw where message = $1", result.ID); raw != "welcome back" {
		t.Errorf("the raw bytes are %q", raw)
	}
	w.lawful()
}

// A message that was let in before its sender was banned is a repeat when it
// comes again, and no refusal.
func TestRepeatOfTheBanned(t *testing.T) {
	w, r := newRefuser(t)
	first := w.receive(chat("v", "1", "hello")).Results[0]
	w.settleAll()
	w.set(order(ingest.Ban, "visitor:v"))
	must(t, r.Refresh(context.Background(), r.witness))
	if again := w.receive(chat("v", "1", "hello")).Results[0]; again.Fresh || again.ID != first.ID {
		t.Errorf("%+v, first %+v", again, first)
	}
	if n := ask[int](w, "select coalesce(sum(n), 0) from refusals"); n != 0 {
		t.Errorf("%d refusals are counted", n)
	}
	w.lawful()
}
