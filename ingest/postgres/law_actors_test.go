package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"gatehouse/ingest"
)

// people is how many there are: few, so that they often meet.
const people = 24

// address gives one of a person's addresses.
func address(person int) string {
	return fmt.Sprintf("p%d@%s", person, []string{"example.com", "example.org", "shop.example.net"}[person%3])
}

func number(person int) string { return fmt.Sprintf("+15550100%02d", person) }

// invent makes up an arrival that nobody has sent before.
func (a *actor) invent() ingest.Arrival {
	n, person := int(a.tick()), a.IntN(people)
	switch {
	case a.chance(50):
		return a.inventChat(person, n)
	case a.chance(20):
		return sms(number(person), strconv.Itoa(n), "text "+strconv.Itoa(n))
	}
	return a.inventMail(person, n)
}

func (a *actor) inventChat(person, n int) ingest.Arrival {
	c := chat(fmt.Sprint("v", person), strconv.Itoa(n), "chat "+strconv.Itoa(n))
	m := &c.Message
	m.ClientIP = netip.AddrFrom4([4]byte{192, 0, 2, byte(person % 8)})
	switch {
	case a.chance(20): // proven: joins whoever has it
		m.Identities = append(m.Identities, verified("email", address(person)))
	case a.chance(20): // typed in: joins nobody
		m.Identities = append(m.Identities, ingest.Identity{Kind: "email", Value: address(a.IntN(people)), How: ingest.Claimed})
	}
	return c
}

// inventMail answers what others wrote, and may bear the Message-ID of another.
func (a *actor) inventMail(person, n int) ingest.Arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	thread := fmt.Sprintf("t%d@example.com", n)
	var answers []string
	if len(a.threads) > 0 && a.chance(5) {
		thread = oneOf(a, a.threads)
	}
	for len(a.threads) > 0 && a.chance(50) {
		answers = append(answers, a.threads[len(a.threads)-1-a.IntN(min(len(a.threads), 10))])
	}
	a.threads = append(a.threads, thread)
	m := mail(address(person), strconv.Itoa(n), thread, answers...)
	m.Message.Unproven = a.chance(8)
	if a.chance(5) {
		m.Message.Auto = ingest.AutoReply
	}
	return m
}

// send sends a batch, again and again until it is acknowledged: mostly of new
// messages, sometimes of what this sender sent before, or of something else
// under a key it used before.
func (a *actor) send() {
	var batch []*sending
	for range 1 + a.IntN(4) {
		s := &sending{arrival: a.invent(), began: a.tick()}
		if len(a.own) > 0 && a.chance(8) {
			s.arrival = oneOf(a, a.own).arrival
		} else if len(a.own) > 0 && a.chance(4) {
			s.arrival = oneOf(a, a.own).arrival
			s.arrival.Raw = fmt.Append(nil, "other words ", s.began)
		}
		batch = append(batch, s)
	}
	if !a.deliver(batch) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range batch {
		a.note(s)
	}
}

// note remembers what was acknowledged, and judges the answer to what was sent
// before. A conflict is a message of its own, under a key that only the store
// knows.
func (a *actor) note(s *sending) {
	for _, old := range a.own {
		if old.arrival.Keys[0] != s.arrival.Keys[0] {
			continue
		}
		same := string(old.arrival.Raw) == string(s.arrival.Raw)
		if same != (s.result.ID == old.result.ID) && !s.result.ID.IsZero() && !a.mayBeGone() {
			a.t.Errorf("law 3: %s again, with the same words: %v: was %s, now %s", s.arrival.Keys[0], same, old.result.ID, s.result.ID)
		}
		return
	}
	a.own = append(a.own, s)
	a.sent = append(a.sent, s)
}

// mayBeGone reports whether some refusal was beyond its hour's hundred: then
// its key is forgotten.
func (a *actor) mayBeGone() bool {
	return ask[bool](a.world, "select exists (select from refusals where n > 100)")
}

// deliver sends a batch until it is acknowledged. It gives up at the end of
// time, when it does not know what became of it.
func (a *actor) deliver(batch []*sending) bool {
	arrivals := make([]ingest.Arrival, len(batch))
	for i, s := range batch {
		arrivals[i] = s.arrival
		arrivals[i].Content = ingest.Sum(string(s.arrival.Raw))
	}
	for {
		r := a.any()
		a.refuseByHeader(r, arrivals)
		ctx, cancel := a.impatient(12)
		receipt, err := r.Receive(ctx, ingest.Batch{Arrivals: arrivals})
		cancel()
		if !a.done("receive", err) {
			if a.t.Failed() {
				return false
			}
			continue
		}
		again := false
		for i, result := range receipt.Results {
			batch[i].result, batch[i].returned = result, a.tick()
			again = again || result.Again
		}
		if !again {
			return true
		}
	}
}

// refuseByHeader leaves the body of a banned sender's mail unread, as a poller
// does; what it left unread before it reads now.
func (a *actor) refuseByHeader(r *replica, arrivals []ingest.Arrival) {
	_ = r.Refresh(a.ctx, r.witness)
	for i := range arrivals {
		x := &arrivals[i]
		if x.Message.Channel != "mail" {
			continue
		}
		if x.Refused = 0; a.chance(50) {
			if rule := r.Suspects(x.Message, "imap", time.Now()); rule != nil {
				x.Refused = rule.ID
			}
		}
	}
}

// mailbox is what the two pollers of the channel box read: mail number n is
// there as soon as somebody looks.
func boxed(n int) ingest.Arrival {
	m := mail(fmt.Sprintf("box%d@example.com", n%5), fmt.Sprint("box", n), fmt.Sprintf("b%d@example.com", n))
	m.Message.Channel = "box"
	return m
}

// poll polls the box for a while, if no other poller does; sometimes it is gone
// without giving the lease back.
func (a *actor) poll() {
	r := a.any()
	lease, err := r.Acquire(a.ctx, "box", fmt.Sprintf("%p", a), 100*time.Millisecond)
	if !a.done("lease", err, ingest.ErrFenced) {
		return
	}
	for range 1 + a.IntN(8) {
		if !a.pollOnce(r, lease.Token) {
			return
		}
		a.rest(30 * time.Millisecond)
	}
	if a.chance(70) {
		a.done("lease", r.Release(a.ctx, "box", lease.Token), ingest.ErrFenced)
	}
}

func (a *actor) pollOnce(r *replica, token int64) bool {
	ctx, cancel := a.impatient(10)
	defer cancel()
	at, err := r.Cursor(ctx, "box", "INBOX", token)
	if !a.done("cursor", err, ingest.ErrFenced) {
		return false
	}
	from, _ := strconv.Atoi(at)
	to := from + 1 + a.IntN(4)
	var batch []ingest.Arrival
	for n := from + 1; n <= to; n++ {
		batch = append(batch, boxed(n))
	}
	_, err = r.Receive(ctx, ingest.Batch{Arrivals: batch, Move: &ingest.Move{Channel: "box", Mailbox: "INBOX",
		From: at, To: strconv.Itoa(to), Fence: token, Era: 1}})
	return a.done("poll", err, ingest.ErrFenced)
}

// polledOnce holds law 4: what lies before the cursor is there, once, and
// nothing of what lies behind it.
func (h *history) polledOnce() {
	h.t.Helper()
	at, _ := strconv.Atoi(ask[string](h.world, "select coalesce(max(place), '') from cursors"))
	found := h.byKey()
	for n := 1; n <= at+10; n++ {
		k, ok := found[string(keyHash(boxed(n).Keys[0]))]
		if ok != (n <= at) && ask[int](h.world, "select count(*) from refusals where n > 100") == 0 {
			h.t.Errorf("law 4: the cursor is at %d, mail %d is there: %v %s", at, n, ok, k.id)
		}
	}
	h.n["polled mail"] = at
}

// supervise sets rules and lifts them, releases tickets and deletes them.
func (a *actor) supervise() {
	ctx, cancel := a.impatient(10)
	defer cancel()
	switch r := a.any(); {
	case a.chance(40):
		a.setRule(ctx, r)
	case a.chance(60):
		a.liftRules(ctx, r, ingest.LiftOrder{Rules: a.standing(1 + a.IntN(2))})
	case a.chance(50):
		a.liftRules(ctx, r, ingest.LiftOrder{Contact: a.contact(), Kinds: []ingest.RuleKind{ingest.Block, ingest.Blacklist}})
	default:
		a.workTickets(ctx, r)
	}
}

// contact is one of the first ten, so that jobs of one scope meet.
func (a *actor) contact() ingest.ID {
	return a.someID("select id::text from contacts order by id limit 10")
}

func (a *actor) someID(query string) ingest.ID {
	list := all[string](a.world, query)
	if len(list) == 0 {
		return ingest.NewID(time.Now())
	}
	id, err := ingest.ParseID(oneOf(a, list))
	must(a.t, err)
	return id
}

func (a *actor) standing(n int) []int64 {
	return all[int64](a.world, "select id from rules where lifted_at is null order by random() limit $1", n)
}

func (a *actor) setRule(ctx context.Context, r *replica) {
	person := a.IntN(people)
	on := oneOf(a, []string{
		fmt.Sprint("visitor:v", person), "email:" + address(person), "phone:" + number(person), "contact:" + a.contact().String(),
		"contact:" + a.contact().String(), fmt.Sprint("ip:192.0.2.", person%8), "domain:example.org", "domain:example.net",
		"cidr:192.0.2.0/30", "phone_prefix:+1555", "email:box1@example.com",
	})
	o := order(oneOf(a, []ingest.RuleKind{ingest.Block, ingest.Block, ingest.Block, ingest.Ban, ingest.Blacklist, ingest.Allow}), on)
	if a.chance(25) {
		end := a.now().Add(a.within(400 * time.Millisecond))
		o.ExpiresAt = &end
	}
	if a.chance(15) {
		o.Scope = oneOf(a, [][]string{{"chat"}, {"kind:imap"}})
	}
	if o.Target.Kind == "contact" && a.chance(30) {
		o.Contact, _ = ingest.ParseID(o.Target.Value)
		o.AlsoIP = true
	}
	o.SpareKnown, o.KeepOpen = a.chance(10), a.chance(30)
	_, err := r.SetRule(ctx, o)
	if ingest.Invalid(err) && o.AlsoIP {
		err = nil // no address is known
	}
	a.done("set "+string(o.Kind), err)
}

// liftRules asks first what is held, or says at once what is to become of it.
func (a *actor) liftRules(ctx context.Context, r *replica, o ingest.LiftOrder) {
	o.Actor = "sam"
	o.Held = oneOf(a, []ingest.HeldChoice{"", ingest.UnblockAll, ingest.UnblockAll, ingest.DeleteAll, ingest.DeleteAll, ingest.KeepHeld})
	if o.Rules == nil && o.Contact.IsZero() {
		return
	}
	_, err := r.Lift(ctx, o)
	var choice *ingest.HeldChoiceError
	if errors.As(err, &choice) {
		o.Held = oneOf(a, []ingest.HeldChoice{ingest.UnblockAll, ingest.DeleteAll})
		_, err = r.Lift(ctx, o)
	}
	a.done("lift", err, ingest.ErrNotFound)
}

func (a *actor) workTickets(ctx context.Context, r *replica) {
	o := ingest.TicketOrder{Actor: "sam"}
	for range 1 + a.IntN(2) {
		o.Tickets = append(o.Tickets, a.someID("select id::text from tickets where messages > 0 limit 20"))
	}
	if a.chance(50) {
		_, err := r.ReleaseTickets(ctx, o)
		a.done("release", err, ingest.ErrNotFound)
		return
	}
	_, err := r.DeleteTickets(ctx, o)
	a.done("delete", err, ingest.ErrNotFound)
}

// talkBack closes and reopens conversations, as a desk does.
func (a *actor) talkBack() {
	status := oneOf(a, []ingest.Status{ingest.Closed, ingest.Closed, ingest.Open, ingest.Unassigned})
	id := a.someID("select id::text from conversations order by number desc limit 30")
	_, err := a.any().ChangeConversation(a.ctx, id, ingest.ConversationChange{Status: &status, Actor: "ann"})
	a.done("change", err, ingest.ErrNotFound, ingest.ErrConflict)
}
