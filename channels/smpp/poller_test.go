package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/smpp/smpptest"
	"gatehouse/ingest"
)

var gone = ingest.AsTemporary(errors.New("the database is away"))

// TestAnswersAfterCommit delivers while commits take a while: nothing is
// answered before it is stored, and what came meanwhile shares the next commit.
func TestAnswersAfterCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t, func(c *smpptest.Centre) { c.Window = 50 })
		store := newStore()
		store.Before(func(b ingest.Batch) {
			time.Sleep(time.Second)
			answered := 500 - c.Left()
			if stored := len(store.Messages()); answered != stored {
				t.Errorf("%d answered, %d stored", answered, stored)
			}
		})
		c.Put(texts(500)...)
		stop := run(t, store, open(t, c, ""))
		time.Sleep(time.Minute)
		stop()
		checkEach(t, store, saying(texts(500))...)
		if n := c.Left(); n != 0 {
			t.Errorf("%d are not answered", n)
		}
		batches := slices.DeleteFunc(store.Batches(), func(n int) bool { return n == 0 })
		if len(batches) > 50 { // one by one they would be 500
			t.Errorf("batches of %v, want some 50 in one", batches)
		}
		c.Close()
	})
}

// TestStoreAway fails a commit, or loses the word of one: the centre is asked
// to try again, and in the end each message is there once.
func TestStoreAway(t *testing.T) {
	for name, fail := range map[string]func(*channeltest.Store){
		"not stored":  func(s *channeltest.Store) { s.FailNext(gone) },
		"answer lost": func(s *channeltest.Store) { s.LoseAnswer(gone) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, store := newCentre(t), newStore()
				fail(store)
				c.Put(texts(5)...)
				stop := run(t, store, open(t, c, ""))
				time.Sleep(time.Minute)
				stop()
				checkEach(t, store, saying(texts(5))...)
				if got := statuses(c); got[0] != "64 0" || got[4][len(got[4])-1] != '0' {
					t.Errorf("answered %q", got)
				}
				c.Close()
			})
		})
	}
}

// TestCutAnywhere ends the connection within each delivery, behind it, and
// before each answer is heard, with the same process and with a new one.
func TestCutAnywhere(t *testing.T) {
	const many = 12
	within := func(n int) func(*smpptest.Centre) {
		return func(c *smpptest.Centre) {
			c.Write = func(i int, p smpptest.PDU, conn net.Conn) bool {
				if i == n {
					_, _ = conn.Write(p[:len(p)/2])
					conn.Close()
				}
				return i == n
			}
		}
	}
	behind := func(n int) func(*smpptest.Centre) {
		return func(c *smpptest.Centre) {
			c.Write = func(i int, p smpptest.PDU, conn net.Conn) bool {
				if i == n {
					_, _ = conn.Write(p)
					conn.Close()
				}
				return i == n
			}
		}
	}
	unheard := func(n int) func(*smpptest.Centre) {
		return func(c *smpptest.Centre) {
			c.Heard = func(i int, _ smpptest.PDU, conn net.Conn) bool {
				if i == n {
					conn.Close()
				}
				return i >= n && i < n+c.Window && c.Left() > 0 && bindsOf(c) == 1
			}
		}
	}
	for name, fault := range map[string]func(n int) func(*smpptest.Centre){"within": within, "behind": behind, "unheard": unheard} {
		for n := range many {
			for _, window := range []int{1, 4} {
				t.Run(fmt.Sprintf("%s %d of %d at a time", name, n, window), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c, store := newCentre(t, fault(n), func(c *smpptest.Centre) { c.Window = window }), newStore()
						c.Put(texts(many)...)
						stop := run(t, store, open(t, c, ""))
						time.Sleep(time.Minute)
						stop()
						checkEach(t, store, saying(texts(many))...)
						if c.Left() != 0 {
							t.Errorf("%d are not answered", c.Left())
						}
						c.Close()
					})
				})
			}
		}
	}
}

func bindsOf(c *smpptest.Centre) int { n, _, _ := c.Counts(); return n }

// TestSameWords tells messages that say the same from a message that is
// delivered again.
func TestSameWords(t *testing.T) {
	for _, x := range []struct {
		name    string
		pause   time.Duration // between the two
		lost    bool          // the answer to the first is not heard
		kill    bool          // a new process takes over
		settled time.Duration // how long after the first
		want    int
	}{
		{name: "at once", want: 2},
		{name: "after a minute", pause: time.Minute, want: 2},
		{name: "the answer lost", lost: true, want: 1},
		{name: "the answer lost, then a new process", lost: true, kill: true, want: 1},
		{name: "a new process, all being answered", pause: time.Minute, kill: true, settled: 10 * time.Second, want: 2},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, store := newCentre(t, func(c *smpptest.Centre) {
					c.Heard = func(i int, _ smpptest.PDU, conn net.Conn) bool {
						if x.lost && i == 0 {
							conn.Close()
						}
						return x.lost && i == 0
					}
				}), newStore()
				c.Put(sms("ok"))
				stop := run(t, store, open(t, c, ""))
				time.Sleep(x.settled)
				if x.kill {
					synctest.Wait()
					stop()
					stop = run(t, store, open(t, c, ""))
				}
				time.Sleep(x.pause)
				if !x.lost {
					c.Put(sms("ok"))
				}
				time.Sleep(time.Minute)
				stop()
				if got := len(store.Messages()); got != x.want || c.Left() != 0 {
					t.Errorf("%d messages, %d not answered, want %d", got, c.Left(), x.want)
				}
				c.Close()
			})
		})
	}
}

// TestDoubtsEnd says the same after the time within which a message is taken
// for one whose answer may not have arrived.
func TestDoubtsEnd(t *testing.T) {
	for within, want := range map[string]int{"10m": 2, "2h": 1} {
		synctest.Test(t, func(t *testing.T) {
			c, store := newCentre(t), newStore()
			store.LoseAnswer(gone)
			c.Retry = time.Hour
			c.Put(sms("ok"))
			stop := run(t, store, open(t, c, ", redelivered_within: "+within))
			time.Sleep(2 * time.Hour)
			stop()
			if got := len(store.Messages()); got != want {
				t.Errorf("within %s: %d messages, want %d", within, got, want)
			}
			c.Close()
		})
	}
}

// TestSlowCommit takes longer than the centre waits for an answer: it delivers
// the message again on the same connection.
func TestSlowCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		first := true
		store.Before(func(ingest.Batch) {
			if first {
				first = false
				time.Sleep(20 * time.Second)
			}
		})
		c.Put(sms("slow"))
		stop := run(t, store, open(t, c, ""))
		time.Sleep(18 * time.Second)
		c.Put(sms("slow")) // while the commit is under way
		time.Sleep(15 * time.Second)
		c.Put(sms("slow")) // after its answer
		time.Sleep(15 * time.Second)
		stop()
		if got := store.Messages(); len(got) != 2 || got[0].Repeats != 1 {
			t.Errorf("%+v", got) // the third is another: the doubt about the first was spent
		}
		c.Close()
	})
}

// TestUnfit has the store refuse what one message says: it becomes dead, and
// harms no other.
func TestUnfit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		store.Reject(func(a ingest.Arrival) bool { return strings.HasSuffix(a.Message.Text, " 3") })
		c.Put(texts(7)...)
		stop := run(t, store, open(t, c, ""))
		time.Sleep(time.Minute)
		stop()
		var dead int
		for _, m := range store.Messages() {
			if m.State == ingest.Dead {
				dead++
			}
		}
		if len(store.Messages()) != 7 || dead != 1 || c.Left() != 0 || !slices.Equal(statuses(c), slices.Repeat([]string{"0"}, 7)) {
			t.Errorf("%d messages, %d dead, answered %q", len(store.Messages()), dead, statuses(c))
		}
		c.Close()
	})
}

// TestMalformedAreRefused answers what no message can be told of, and goes on.
func TestMalformedAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		short := sms("text")
		short[len(short)-5]++ // sm_length
		nobody := smpptest.Deliver("", "15550100100", 0, "who?")
		c.Put(sms("a"), short, nobody, smpptest.PDU(deliver(esmReceipt, 0, "id:1 stat:DELIVRD").octets()), sms("b"))
		in := channeltest.NewSession(store, channeltest.Channel, ingest.SMS)
		p := open(t, c, "")
		pollFor(t, p, in, time.Minute)
		if got := statuses(c); !slices.Equal(got, []string{"0", "1", "0", "0", "0"}) {
			t.Errorf("answered %q", got)
		}
		var states []string
		for _, m := range store.Messages() {
			states = append(states, string(m.State))
		}
		if fmt.Sprint(states) != "[received dead received]" || in.Besides.Ignored != 1 || in.Besides.Reports[0].ID != "1" {
			t.Errorf("%v, %+v", states, in.Besides)
		}
		if now, most := in.Held(); now != 0 || most == 0 {
			t.Errorf("%d octets held, at most %d", now, most)
		}
		c.Close()
	})
}

// pollFor polls as the runner does, for a time; no error is expected.
func pollFor(t *testing.T, p *Poller, in channels.Session, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for ctx.Err() == nil {
		if err := errors.Join(p.Poll(ctx, in), p.Wait(ctx)); err != nil && ctx.Err() == nil {
			t.Errorf("polling: %v", err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
