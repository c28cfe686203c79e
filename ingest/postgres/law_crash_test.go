package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"gatehouse/ingest"
)

// deed is something a replica does that may be cut off anywhere. It is done
// for n = 1, 2 …, each time for the first time.
type deed struct {
	name    string
	prepare func(c *crash, n int)
	do      func(c *crash, n int) error // until it succeeds
	check   func(c *crash, n int)       // that it took effect once
	stride  int                         // in the short run: statements from cut to cut; 0 means 1
}

// crash is a world with a replica whose connection breaks.
type crash struct {
	*world
	victim *replica
	wire   *wire
	lane   int   // of all visitors of this world
	rule   int64 // of the deed, if it has one
	lease  int64
	ids    []ingest.ID
}

// TestLawCutAfterAnyStatement cuts each deed off after its first statement,
// after its second, and so on until it is done without a cut: the server has
// carried out what it was sent, nobody has heard of it, and who asked for it
// asks again. All laws hold, and each deed takes effect once.
func TestLawCutAfterAnyStatement(t *testing.T) {
	t.Parallel()
	cutAll(t, false)
}

func cutAll(t *testing.T, long bool) {
	w := newWorld(t, 1)
	c := &crash{world: w}
	c.victim, c.wire = w.wiredReplica()
	lease, err := c.victim.Acquire(context.Background(), "mail", "victim", time.Hour)
	must(t, err)
	c.lease = lease.Token
	cuts := 0
	for _, d := range deeds {
		t.Run(d.name, func(t *testing.T) {
			w.t = t
			stride := max(d.stride, 1)
			if long {
				stride = 1
			}
			n := c.cutEverywhere(d, stride)
			t.Logf("%d cuts, after every %d of its statements", n, stride)
			cuts += n
		})
	}
	w.t = t
	w.work()
	w.decidedOnce()
	t.Logf("%d cuts", cuts)
}

// cutEverywhere returns how often it cut the deed.
func (c *crash) cutEverywhere(d deed, stride int) (cuts int) {
	c.t.Helper()
	for n := 1; ; n += stride {
		if d.prepare != nil {
			d.prepare(c, n)
		}
		c.wire.arm(n)
		err := d.do(c, n)
		cut := c.wire.disarm()
		for try := 0; err != nil; try++ {
			if !ingest.Temporary(err) || try == 10 {
				c.t.Fatalf("cut after %d statements: %v", n, err)
			}
			err = d.do(c, n)
		}
		d.check(c, n)
		if !c.lawful() || c.t.Failed() {
			c.t.Fatalf("cut after %d statements", n)
		}
		if !cut {
			if cuts < 2 {
				c.t.Fatalf("only %d cuts: nothing was tried", cuts)
			}
			return cuts
		}
		cuts++
	}
}

// visitor is the number nth visitor of a kind, all in one lane.
func (c *crash) visitor(kind string, n int) string {
	c.t.Helper()
	return ask[string](c.world, `select name from (select $1::text || '-' || $2::int || '-' || i as name from generate_series(1, 10000) i) v
		where hashtext('visitor:' || name) & 63 = 7 limit 1`, kind, n)
}

// have holds that a query counts as many as wanted.
func (c *crash) have(want int, what, query string, args ...any) {
	c.t.Helper()
	if n := ask[int](c.world, query, args...); n != want {
		c.t.Errorf("%s: %d, want %d", what, n, want)
	}
}

func (c *crash) stored(want int, key string) {
	c.t.Helper()
	c.have(want, "messages of "+key, "select count(*) from message_keys k join messages m on m.id = k.message where k.key_hash = $1", keyHash(key))
}

// hold makes a rule that holds n messages of a visitor.
func (c *crash) hold(visitor string, n int) {
	c.t.Helper()
	c.rule = c.set(order(ingest.Block, "visitor:"+visitor)).ID
	for i := range n {
		c.receive(chat(visitor, strconv.Itoa(i), "hello"))
	}
	c.settleAll()
}

var ctx = context.Background()

var deeds = []deed{
	{name: "a push of two messages",
		do: func(c *crash, n int) error {
			v := fmt.Sprint("push", n)
			_, err := c.victim.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{chat(v, "1", "one"), chat(v, "2", "two")}})
			return err
		},
		check: func(c *crash, n int) {
			c.stored(1, fmt.Sprintf("push%d/1", n))
			c.stored(1, fmt.Sprintf("push%d/2", n))
		}},
	{name: "a push of a repeat with one more key",
		prepare: func(c *crash, n int) { c.receive(chat(fmt.Sprint("known", n), "1", "one")) },
		do: func(c *crash, n int) error {
			a := chat(fmt.Sprint("known", n), "1", "one")
			a.Keys = append(a.Keys, fmt.Sprint("also", n))
			_, err := c.victim.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{a}})
			return err
		},
		check: func(c *crash, n int) {
			c.stored(1, fmt.Sprint("also", n))
			c.have(1, "messages of the visitor", "select count(*) from messages where sender = $1", fmt.Sprint("visitor:known", n))
		}},
	{name: "a poll that meets other content under a known key",
		prepare: func(c *crash, n int) { c.receive(mail("bob@example.com", fmt.Sprint(n), fmt.Sprint("known", n))) },
		do:      poll,
		check: func(c *crash, n int) {
			c.stored(1, fmt.Sprint("mail/new", n))
			c.have(1, "conflicts of the mail", "select count(*) from messages where state = 'dead' and sender = $1", fmt.Sprintf("email:eve%d@example.com", n))
			c.have(1, "cursors that moved", "select count(*) from cursors where place = $1", strconv.Itoa(n))
		}},
	{name: "a refusal by header",
		prepare: func(c *crash, n int) { c.rule = c.set(order(ingest.Ban, fmt.Sprintf("email:ban%d@example.com", n))).ID },
		do: func(c *crash, n int) error {
			a := mail(fmt.Sprintf("ban%d@example.com", n), fmt.Sprint("ban", n), fmt.Sprint("ban", n))
			a.Raw, a.Content, a.Refused = nil, ingest.Sum("ban", strconv.Itoa(n)), c.rule
			_, err := c.victim.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{a}})
			return err
		},
		check: func(c *crash, n int) { c.have(1, "refusals", "select n from refusals where rule = $1", c.rule) }},
	{name: "the last part of a message",
		prepare: func(c *crash, n int) {
			c.receive(part(fmt.Sprint("+1555", n), fmt.Sprint("set", n), 1, 2, fmt.Sprintf("+1555%d first ", n)))
		},
		do: func(c *crash, n int) error {
			last := part(fmt.Sprint("+1555", n), fmt.Sprint("set", n), 2, 2, fmt.Sprintf("last%d", n))
			_, err := c.victim.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{last}})
			return err
		},
		check: func(c *crash, n int) {
			c.have(0, "parts that wait", "select count(*) from parts")
			c.have(1, "joined messages", "select count(*) from messages m join raw r on r.message = m.id where convert_from(r.data, 'UTF8') = $1",
				fmt.Sprintf("+1555%d first last%d", n, n))
			c.have(2, "keys of it", "select count(*) from message_keys k join messages m on m.id = k.message where m.sender = $1", fmt.Sprint("phone:+1555", n))
		}},
	{name: "a part that has waited for too long",
		prepare: func(c *crash, n int) {
			c.receive(part(fmt.Sprint("+1556", n), fmt.Sprint("old", n), 2, 2, fmt.Sprintf("+1556%d second", n)))
			_, err := c.db.Exec(ctx, "update parts set at = at - interval '11 minutes'")
			must(c.t, err)
		},
		do: func(c *crash, n int) error { return c.victim.JoinParts(ctx) },
		check: func(c *crash, n int) {
			c.have(0, "parts that wait", "select count(*) from parts")
			c.have(1, "joined messages", "select count(*) from messages where sender = $1", fmt.Sprint("phone:+1556", n))
			c.have(1, "notes of what is lost", "select count(*) from parts_lost where numbers = '\\x01' and name = $1", nameOf(fmt.Sprint("old", n), 2))
		}},
	{name: "a settle",
		prepare: func(c *crash, n int) {
			held, banned, free := c.visitor("held", n), c.visitor("banned", n), c.visitor("free", n)
			c.set(order(ingest.Block, "visitor:"+held))
			c.rule = c.set(order(ingest.Ban, "visitor:"+banned)).ID
			r := c.receive(chat(free, "1", "one"), chat(held, "1", "one"), chat(banned, "1", "one"), chat(free, "2", "two"))
			c.lane = r.Lanes[0]
		},
		do: func(c *crash, n int) error {
			_, err := c.victim.settle(ctx, c.lane, 200)
			return err
		},
		check: func(c *crash, n int) {
			c.have(1, "refusals", "select n from refusals where rule = $1", c.rule)
			c.have(1, "free conversations", "select count(distinct conversation) from messages where state = 'conversed' and sender like $1", fmt.Sprintf("visitor:free-%d-%%", n))
			c.have(1, "held messages", "select count(*) from messages where state = 'held' and sender like $1", fmt.Sprintf("visitor:held-%d-%%", n))
		}},
	{name: "giving a message up", stride: 17,
		prepare: func(c *crash, n int) {
			r := c.receive(chat(c.visitor("bad", n), "1", "one"), chat(c.visitor("good", n), "1", "one"))
			c.ids, c.lane = []ingest.ID{r.Results[0].ID}, r.Lanes[0]
		},
		do: func(c *crash, n int) error {
			for {
				done, err := c.victim.Settle(ctx, c.lane, 200, poisoned{c.victim.witness, c.ids[0]})
				if err != nil || !done.More {
					return err
				}
			}
		},
		check: func(c *crash, n int) {
			c.have(1, "dead messages", "select count(*) from messages where state = 'dead' and sender like $1", fmt.Sprintf("visitor:bad-%d-%%", n))
			c.have(1, "good messages", "select count(*) from messages where state = 'conversed' and sender like $1", fmt.Sprintf("visitor:good-%d-%%", n))
		}},
	{name: "a rule that closes a conversation", stride: 2,
		prepare: func(c *crash, n int) {
			c.receive(chat(fmt.Sprint("closed", n), "1", "one"))
			c.settleAll()
		},
		do: func(c *crash, n int) error {
			o := order(ingest.Block, fmt.Sprint("visitor:closed", n))
			o.Contact, o.AlsoIP, o.Scope = c.contactOf(o.Target.String()), true, []string{"chat", strconv.Itoa(n)}
			_, err := c.victim.SetRule(ctx, o)
			return err
		},
		check: func(c *crash, n int) {
			c.have(2, "rules", "select count(*) from rules where lifted_at is null and $1 = any(scope)", strconv.Itoa(n))
			c.have(1, "closed conversations", "select count(*) from events where type = 'conversation.closed' and contact = $1",
				c.contactOf(fmt.Sprint("visitor:closed", n)))
			for _, id := range all[int64](c.world, "select id from rules where lifted_at is null and $1 = any(scope)", strconv.Itoa(n)) {
				c.lift(ingest.KeepHeld, id)
			}
		}},
	{name: "a lift and its Unblock All", stride: 15,
		prepare: func(c *crash, n int) { c.hold(c.visitor("unblocked", n), 3) },
		do:      func(c *crash, n int) error { return c.liftAndWork(ingest.UnblockAll) },
		check: func(c *crash, n int) {
			c.have(1, "jobs that released all", "select count(*) from jobs where scope = $1 and state = 'done' and released = 3 and total = 3", fmt.Sprint("rule:", c.rule))
			c.have(3, "conversed messages", "select count(*) from messages where state = 'conversed' and sender like $1", fmt.Sprintf("visitor:unblocked-%d-%%", n))
		}},
	{name: "a lift and its Delete All", stride: 15,
		prepare: func(c *crash, n int) { c.hold(c.visitor("deleted", n), 3) },
		do:      func(c *crash, n int) error { return c.liftAndWork(ingest.DeleteAll) },
		check: func(c *crash, n int) {
			c.have(1, "jobs that purged all", "select count(*) from jobs where scope = $1 and state = 'done' and purged = 3 and total = 3", fmt.Sprint("rule:", c.rule))
		}},
	{name: "a release of a ticket", stride: 21,
		prepare: func(c *crash, n int) { c.hold(c.visitor("released", n), 2) },
		do: func(c *crash, n int) error {
			for _, s := range all[string](c.world, "select id::text from tickets where messages > 0 and rule = $1", c.rule) {
				id, err := ingest.ParseID(s)
				must(c.t, err)
				if _, err := c.victim.ReleaseTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{id}, Actor: "sam"}); err != nil {
					return err
				}
			}
			return c.workOff()
		},
		check: func(c *crash, n int) {
			c.have(2, "conversed messages", "select count(*) from messages where state = 'conversed' and sender like $1", fmt.Sprintf("visitor:released-%d-%%", n))
			c.have(0, "unfinished jobs", "select count(*) from jobs where state <> 'done'")
		}},
	{name: "a fold",
		prepare: func(c *crash, n int) { c.hold(c.visitor("folded", n), 1) },
		do:      func(c *crash, n int) error { return c.victim.Fold(ctx) },
		check: func(c *crash, n int) {
			c.have(1, "hits", "select hits from rules where id = $1", c.rule)
			c.have(0, "rows that wait", "select (select count(*) from intake) + (select count(*) from hits)")
		}},
	{name: "a change of a conversation",
		prepare: func(c *crash, n int) {
			c.receive(chat(fmt.Sprint("changed", n), "1", "one"))
			c.settleAll()
			id, err := ingest.ParseID(ask[string](c.world, "select conversation::text from messages where sender = $1", fmt.Sprint("visitor:changed", n)))
			must(c.t, err)
			c.ids = []ingest.ID{id}
		},
		do: func(c *crash, n int) error {
			closed := ingest.Closed
			_, err := c.victim.ChangeConversation(ctx, c.ids[0], ingest.ConversationChange{Status: &closed, Actor: "sam"})
			return err
		},
		check: func(c *crash, n int) {
			c.have(1, "closings", "select count(*) from events where type = 'conversation.closed' and conversation = $1", c.ids[0])
		}},
}

func nameOf(set string, total int) []byte {
	name := ingest.PartOf{Set: set, Total: total}.Name()
	return name[:]
}

// poll is what a poller does: it asks where it is, and goes on from there.
func poll(c *crash, n int) error {
	at, err := c.victim.Cursor(ctx, "mail", "INBOX", c.lease)
	if err != nil || at == strconv.Itoa(n) {
		return err
	}
	fresh, other := mail("ann@example.com", fmt.Sprint("new", n), fmt.Sprint("new", n)), mail(fmt.Sprintf("eve%d@example.com", n), fmt.Sprint(n), "other")
	_, err = c.victim.Receive(ctx, ingest.Batch{
		Arrivals: []ingest.Arrival{fresh, other, mail("bob@example.com", fmt.Sprint(n), fmt.Sprint("known", n))},
		Move:     &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: at, To: strconv.Itoa(n), Fence: c.lease, Era: 1}})
	return err
}

// liftAndWork lifts the rule and works its job off, by the victim alone.
func (c *crash) liftAndWork(held ingest.HeldChoice) error {
	_, err := c.victim.Lift(ctx, ingest.LiftOrder{Rules: []int64{c.rule}, Held: held, Actor: "sam"})
	if err != nil && !errors.Is(err, ingest.ErrNotFound) { // not found: it is lifted and worked off
		return err
	}
	return c.workOff()
}

// workOff settles and steps jobs until both are idle.
func (c *crash) workOff() error {
	for {
		step, err := c.victim.StepJobs(ctx, 10)
		if err != nil {
			return err
		}
		lanes, err := c.victim.Waiting(ctx)
		if err != nil {
			return err
		}
		for _, lane := range lanes {
			if _, err := c.victim.settle(ctx, lane, 200); err != nil {
				return err
			}
		}
		if !step.Worked && len(lanes) == 0 {
			return nil
		}
	}
}
