//go:build long

package postgres_test

import (
	"flag"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestLongLawsHoldInRandomHistories(t *testing.T) {
	seed := seedOf(t)
	for n := range uint64(2) {
		t.Run(fmt.Sprint(seed+n), func(t *testing.T) { liveThrough(t, seed+n, 30*time.Second) })
	}
}

func TestLongCutAfterEveryStatement(t *testing.T) { cutAll(t, true) }

func TestLongModel(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	must(t, checks.Set("200"))
	defer func() { must(t, checks.Set(before)) }()
	runModel(t)
}

func TestLongRaces84(t *testing.T) {
	for name, race := range map[string]func(*siege){
		"84a": unblockAllTwice, "84b": deleteAllDuringUnblockAll, "84b at once": bothChoicesAtOnce, "84c": arrivalsDuringUnblockAll, "84d": arrivalsAfterTheList,
		"84e": blockUnblockBlock, "84f": banDuringReplay, "84h": roleLostInTheMiddle, "84i": wrongList, "84j": redeliveryAfterPurge,
	} {
		t.Run(name, func(t *testing.T) { besiege(t, 4, race) })
	}
}

// 84k: 100,000 held messages leave in steps, half of them by Unblock All, half
// by Delete All, while visitors write and 8 workers settle.
func TestLongRace84kAHundredThousandHeld(t *testing.T) {
	const held = 100_000
	besiege(t, 1, func(s *siege) {
		for _, r := range s.replicas {
			r.Slowly(0)
		}
		half := [2]int64{s.set(order(ingest.Block, besieged)).ID, s.set(order(ingest.Block, "ip:192.0.2.8")).ID}
		for n := 0; n < held; n += 500 {
			if s.writeMany(n, 500); n%20_000 == 0 {
				s.settleAll()
			}
		}
		s.settleAll()
		must(t, s.watch.Analyze(ctx))
		s.under(func(r *replica) {
			s.lifts(r, ingest.UnblockAll, half[0])
			s.lifts(r, ingest.DeleteAll, half[1])
			for end := time.Now().Add(10 * time.Minute); ask[int](s.world, "select count(*) from jobs where state = 'done'") < 2; {
				if time.Now().After(end) {
					s.t.Fatal("the jobs do not end")
				}
				_, err := r.StepJobs(ctx, 1000)
				s.fine(err)
			}
		})
		s.every("what Unblock All took", func(e end) bool { return e.first && e.visitor == "even" }, is(ingest.Conversed))
		s.every("what Delete All took", func(e end) bool { return e.first && e.visitor == "odd" }, is(ingest.Purged))
		s.every("what came meanwhile", meanwhile, is(ingest.Conversed))
	})
}

// writeMany has n messages stored at once, each other one from the second
// address.
func (s *siege) writeMany(from, n int) {
	list := make([]*shot, n)
	batch := ingest.Batch{Arrivals: make([]ingest.Arrival, n)}
	for i := range n {
		list[i] = &shot{arrival: chat(fmt.Sprint("w", (from+i)%5000), fmt.Sprint("many", from+i), "words"), first: true, visitor: "even"}
		if i%2 == 1 {
			list[i].visitor = "odd"
			list[i].arrival.Message.ClientIP = netip.MustParseAddr("192.0.2.8")
		}
		batch.Arrivals[i] = list[i].arrival
	}
	got, err := s.replicas[0].Receive(ctx, batch)
	must(s.t, err)
	for i, r := range got.Results {
		s.sent[r.ID] = list[i]
	}
}
