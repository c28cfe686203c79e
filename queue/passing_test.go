package queue

import (
	"testing"

	"gatehouse/ingest"
	"gatehouse/queue/localredis"
)

// hears passes events of a type to one queue until another's follower has one.
func hears(t *testing.T, from *Queue, kind string, follower <-chan ingest.Event) {
	t.Helper()
	eventually(t, kind+" is heard", func() bool {
		from.Pass(ingest.Event{Type: kind})
		for {
			select {
			case e := <-follower:
				if e.Type == kind {
					return true
				}
			default:
				return false
			}
		}
	})
}

func TestWhatPassesIsHeardInEveryProcess(t *testing.T) {
	server := localredis.Own(t, localredis.Options{})
	noLeaks(t)
	a, b := start(t, server.URL(), newDesk(), nil), start(t, server.URL(), newDesk(), nil)
	atA, leaveA := a.Follow()
	defer leaveA()
	hears(t, a, "one", atA)
	atB, leaveB := b.Follow()
	defer leaveB()
	hears(t, a, "two", atB)
	hears(t, b, "three", atA)

	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	hears(t, a, "four", atA) // those beside it, at least
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	hears(t, a, "five", atB)
}

// Nobody listens, or not fast enough: whoever tells does not wait.
func TestPassNeverWaits(t *testing.T) {
	q, err := Open(Options{RedisURL: "redis://127.0.0.1:1/0", Store: newDesk()})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	slow, leave := q.Follow()
	for range 10 * passingRoom {
		q.Pass(ingest.Event{Type: "typing"})
		q.passing.deliver(ingest.Event{Type: "typing"})
	}
	if len(slow) != passingRoom {
		t.Errorf("%d wait", len(slow))
	}
	leave()
	if q.passing.deliver(ingest.Event{}); len(slow) != passingRoom {
		t.Error("who has left is told")
	}
}
