package postgres_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// TestLawModel runs random sequences of what may happen against a model of who
// is held by what, and compares after each step.
func TestLawModel(t *testing.T) {
	postgres.Checked(t, "40", runModel)
}

func runModel(t *testing.T) {
	w := newWorld(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, w)
		t.Repeat(map[string]func(*rapid.T){
			"": m.compare, "receive": m.receive, "settle": m.settle, "step": m.step, "set": m.set, "hold": m.hold,
			"lift": m.lift, "lift of a contact": m.liftContact, "order": m.order, "order of a message": m.orderMessage,
			"cancel": m.cancel, "retry": m.retry, "change": m.change,
		})
		m.finish(t)
	})
}

// model is what the store should hold. Nothing in it knows of SQL, locks or
// lanes.
type model struct {
	w        *world
	people   []*person
	rules    []*rule
	messages []*message
	jobs     []*job
	epoch    int
}

// person writes by one address: chats all from one IP, or mails of one domain.
type person struct {
	chat     bool
	identity string
	domain   string
	ip       string
	contact  ingest.ID // once there is one
	talks    []*talk   // oldest first
}

// talk is a conversation.
type talk struct {
	id        ingest.ID
	open      bool
	messages  int
	continues *talk
}

type rule struct {
	id     int64
	kind   ingest.RuleKind
	target string
	epoch  int
	lifted bool
}

type message struct {
	id     ingest.ID
	from   *person
	state  ingest.State
	rule   *rule
	ticket *ticket
	talk   *talk
	pass   *job
	holds  int // how often it was held
}

// ticket is named by the store.
type ticket struct{ id ingest.ID }

type job struct {
	id               int64
	kind             ingest.JobKind
	scope            string
	state            ingest.JobState
	epoch            int
	rules            []*rule
	tickets          map[*ticket]bool // that it was ordered for
	seen             map[*message]int // in them: what was held, for which time
	listed           map[*message]int // ordered by name, and not yet taken
	released, purged int
	skipped          int
}

func newModel(t *rapid.T, w *world) *model {
	n := w.tick()
	m := &model{w: w}
	domain, ip := fmt.Sprintf("s%d.example.com", n), fmt.Sprintf("2001:db8::%x", n)
	m.people = []*person{
		{chat: true, identity: fmt.Sprintf("visitor:s%da", n), ip: ip}, {chat: true, identity: fmt.Sprintf("visitor:s%db", n), ip: ip},
		{identity: "email:a@" + domain, domain: domain},
	}
	return m
}

func (p *person) open() *talk {
	for _, k := range p.talks {
		if k.open && p.chat {
			return k
		}
	}
	return nil
}

func (m *model) held(by func(*message) bool) (list []*message) {
	for _, x := range m.messages {
		if x.state == ingest.Held && by(x) {
			list = append(list, x)
		}
	}
	return list
}

func ticketsOf(list []*message) map[*ticket]bool {
	found := map[*ticket]bool{}
	for _, x := range list {
		found[x.ticket] = true
	}
	return found
}

// means reports whether the rule applies to the person, and how specifically.
func (r *rule) means(p *person) (int, bool) {
	kind, value, _ := strings.Cut(r.target, ":")
	switch {
	case kind == "contact":
		return 3, !p.contact.IsZero() && p.contact.String() == value
	case kind == "ip":
		return 2, value == p.ip
	case kind == "domain":
		return 1, value == p.domain
	}
	return 3, r.target == p.identity
}

// decides returns the rule that decides on a message.
func (m *model) decides(x *message) *rule {
	var best *rule
	var rank []int
	for _, r := range m.rules {
		specific, means := r.means(x.from)
		passed := x.pass != nil && x.pass.kind == ingest.JobRelease && r.epoch <= x.pass.epoch &&
			(r.kind == ingest.Block || r.kind == ingest.Blacklist)
		if r.lifted || !means || passed {
			continue
		}
		kinds := []ingest.RuleKind{ingest.Allow, ingest.Ban, ingest.Block, ingest.Blacklist}
		of := []int{-specific, slices.Index(kinds, r.kind), int(r.id)}
		if best == nil || slices.Compare(of, rank) < 0 {
			best, rank = r, of
		}
	}
	return best
}

// decide settles a message.
func (m *model) decide(x *message) {
	r := m.decides(x)
	switch {
	case r == nil || r.kind == ingest.Allow:
		x.state = ingest.Conversed
		m.converse(x)
	case r.kind == ingest.Ban && x.pass == nil:
		x.state, x.rule = ingest.Refused, r
	default:
		x.state, x.rule, x.ticket = ingest.Held, r, &ticket{}
		x.holds++
		for _, y := range m.messages {
			if x.from.chat && y != x && y.from == x.from && y.state == ingest.Held {
				x.ticket = y.ticket
			}
		}
	}
}

func (m *model) converse(x *message) {
	p := x.from
	x.talk = p.open()
	if x.talk == nil {
		x.talk = &talk{open: true}
		if p.chat && len(p.talks) > 0 {
			x.talk.continues = p.talks[len(p.talks)-1]
		}
		p.talks = append(p.talks, x.talk)
	}
	x.talk.messages++
}

func (m *model) receive(t *rapid.T) {
	for range rapid.IntRange(1, 3).Draw(t, "messages") {
		m.receiveFrom(rapid.SampledFrom(m.people).Draw(t, "from"))
	}
}

func (m *model) receiveFrom(p *person) {
	_, value, _ := strings.Cut(p.identity, ":")
	key := fmt.Sprint(m.w.tick())
	a := mail(value, key, key+"@example.com")
	if p.chat {
		a = chat(value, key, "hello")
		a.Message.ClientIP = netip.MustParseAddr(p.ip)
	}
	r := m.w.receive(a)
	m.messages = append(m.messages, &message{id: r.Results[0].ID, from: p, state: ingest.Received})
}

// hold sets a rule on a person and has him write.
func (m *model) hold(t *rapid.T) {
	p := rapid.SampledFrom(m.people).Draw(t, "whom")
	m.setOn(t, p, rapid.SampledFrom([]ingest.RuleKind{ingest.Block, ingest.Blacklist}).Draw(t, "kind"), p.identity)
	m.receiveFrom(p)
	m.settle(t)
}

func (m *model) settle(*rapid.T) {
	m.w.settleAll()
	for _, x := range m.messages {
		if x.state == ingest.Received {
			m.decide(x)
		}
	}
	m.meet()
}

// meet learns the contacts that there are by now.
func (m *model) meet() {
	for _, x := range m.messages {
		if x.from.contact.IsZero() && (x.state == ingest.Conversed || x.state == ingest.Held) {
			x.from.contact = m.w.contactOf(x.from.identity)
		}
	}
}

// step lets each job do what it can.
func (m *model) step(*rapid.T) {
	_, err := m.w.replicas[0].StepJobs(ctx, 1000)
	must(m.w.t, err)
	for _, j := range m.jobs {
		if j.state == ingest.JobQueued && !slices.ContainsFunc(m.jobs, func(k *job) bool {
			return k.scope == j.scope && k.state == ingest.JobRunning
		}) {
			j.state = ingest.JobRunning
		}
	}
	var running []*job
	for _, j := range m.jobs {
		if j.state == ingest.JobRunning {
			running = append(running, j)
		}
	}
	for _, j := range running {
		m.stepJob(j)
	}
}

func (m *model) stepJob(j *job) {
	list := m.held(func(x *message) bool {
		return slices.Contains(j.rules, x.rule) || x.holds > 0 && (j.seen[x] == x.holds || j.listed[x] == x.holds)
	})
	skipped := 0
	for x, holds := range j.listed {
		if x.state != ingest.Held || x.holds != holds && j.seen[x] != x.holds {
			skipped++
		}
	}
	j.skipped += skipped
	j.seen, j.listed = map[*message]int{}, map[*message]int{}
	for _, x := range list {
		x.rule, x.ticket = nil, nil
		switch j.kind {
		case ingest.JobUnblockAll, ingest.JobRelease:
			x.state, x.pass = ingest.Received, j
			j.released++
		default:
			x.state = ingest.Purged
			j.purged++
		}
	}
	waits := func(x *message) bool { return x.state == ingest.Received && x.pass == j }
	if len(list)+skipped == 0 && !slices.ContainsFunc(m.messages, waits) {
		j.state = ingest.JobDone
	}
}

func (m *model) set(t *rapid.T) {
	p := rapid.SampledFrom(m.people).Draw(t, "on")
	targets := []string{p.identity, p.identity}
	if !p.contact.IsZero() {
		targets = append(targets, "contact:"+p.contact.String())
	}
	if p.chat {
		targets = append(targets, "ip:"+p.ip)
	} else {
		targets = append(targets, "domain:"+p.domain)
	}
	on := rapid.SampledFrom(targets).Draw(t, "target")
	kind := rapid.SampledFrom([]ingest.RuleKind{ingest.Block, ingest.Block, ingest.Ban, ingest.Blacklist, ingest.Allow}).Draw(t, "kind")
	m.setOn(t, p, kind, on)
}

func (m *model) setOn(t *rapid.T, p *person, kind ingest.RuleKind, on string) {
	got, err := m.w.replicas[0].SetRule(ctx, order(kind, on))
	must(m.w.t, err)
	for _, r := range m.rules {
		if r.kind == kind && r.target == on && !r.lifted {
			if got.Fresh || got.Rule.ID != r.id {
				t.Fatalf("set %s on %s: %+v, rule %d stands", kind, on, got, r.id)
			}
			return
		}
	}
	if !got.Fresh {
		t.Fatalf("set %s on %s: %+v, none stands", kind, on, got)
	}
	m.epoch++
	m.rules = append(m.rules, &rule{id: got.Rule.ID, kind: kind, target: on, epoch: m.epoch})
	if person := on == p.identity || strings.HasPrefix(on, "contact:"); person && (kind == ingest.Ban || kind == ingest.Block) {
		for _, k := range p.talks {
			k.open = false
		}
	}
}

func (m *model) standing(by func(*rule) bool) (list []*rule) {
	for _, r := range m.rules {
		if !r.lifted && by(r) {
			list = append(list, r)
		}
	}
	return list
}

func (m *model) lift(t *rapid.T) {
	list := m.standing(func(*rule) bool { return true })
	if len(list) == 0 {
		return
	}
	r := rapid.SampledFrom(list).Draw(t, "rule")
	m.liftRules(t, []*rule{r}, fmt.Sprint("rule:", r.id), ingest.LiftOrder{Rules: []int64{r.id}})
}

func (m *model) liftContact(t *rapid.T) {
	p := rapid.SampledFrom(m.people).Draw(t, "whom")
	if p.contact.IsZero() {
		return
	}
	kinds := []ingest.RuleKind{ingest.Block, ingest.Blacklist, ingest.Ban}
	list := m.standing(func(r *rule) bool {
		return slices.Contains(kinds, r.kind) && (r.target == p.identity || r.target == "contact:"+p.contact.String())
	})
	m.liftRules(t, list, "contact:"+p.contact.String(), ingest.LiftOrder{Contact: p.contact, Kinds: kinds})
}

func (m *model) liftRules(t *rapid.T, list []*rule, scope string, o ingest.LiftOrder) {
	o.Actor = "sam"
	o.Held = rapid.SampledFrom([]ingest.HeldChoice{"", ingest.UnblockAll, ingest.UnblockAll, ingest.DeleteAll, ingest.DeleteAll, ingest.KeepHeld}).Draw(t, "held")
	got, err := m.w.replicas[0].Lift(ctx, o)
	kind := map[bool]ingest.JobKind{true: ingest.JobDeleteAll, false: ingest.JobUnblockAll}[o.Held == ingest.DeleteAll]
	under := m.jobOf(scope, kind)
	held := m.held(func(x *message) bool { return slices.Contains(list, x.rule) })
	var choice *ingest.HeldChoiceError
	switch {
	case len(list) == 0 && under == nil:
		if !errors.Is(err, ingest.ErrNotFound) {
			t.Fatalf("lift of nothing: %+v, %v", got, err)
		}
	case len(list) == 0:
		if err != nil || got.Job != under.id {
			t.Fatalf("second lift: %+v, %v, want job %d", got, err, under.id)
		}
	case len(held) > 0 && o.Held == "":
		if !errors.As(err, &choice) || choice.Held != len(held) || choice.Tickets != len(ticketsOf(held)) {
			t.Fatalf("lift without a choice: %+v, %v, want %d held in %d tickets", got, err, len(held), len(ticketsOf(held)))
		}
	case err != nil:
		t.Fatalf("lift: %v", err)
	default:
		m.lifted(t, list, got, len(held) > 0 && o.Held != ingest.KeepHeld, scope, kind)
	}
}

// jobOf is the job of a kind that is under way for a scope.
func (m *model) jobOf(scope string, kind ingest.JobKind) *job {
	for _, j := range m.jobs {
		if j.scope == scope && j.kind == kind && !j.state.Ended() {
			return j
		}
	}
	return nil
}

// lifted enters a lift, and the job that it started or joined.
func (m *model) lifted(t *rapid.T, list []*rule, got ingest.Lifted, works bool, scope string, kind ingest.JobKind) {
	m.epoch++
	for _, r := range list {
		r.lifted = true
	}
	if works != (got.Job != 0) || len(got.Rules) != len(list) {
		t.Fatalf("lifted %+v, want %d rules, a job: %v", got, len(list), works)
	}
	if !works {
		return
	}
	j := m.jobOf(scope, kind)
	if j == nil {
		j = m.start(&job{id: got.Job, kind: kind, scope: scope})
	}
	if j.id != got.Job {
		t.Fatalf("lifted %+v, want job %d", got, j.id)
	}
	j.rules = append(j.rules, list...)
}

// change closes a conversation or opens it again.
func (m *model) change(t *rapid.T) {
	p := rapid.SampledFrom(m.people).Draw(t, "whose")
	if len(p.talks) == 0 {
		return
	}
	k := rapid.SampledFrom(p.talks).Draw(t, "conversation")
	status := rapid.SampledFrom([]ingest.Status{ingest.Closed, ingest.Open}).Draw(t, "status")
	_, err := m.w.replicas[0].ChangeConversation(ctx, k.id, ingest.ConversationChange{Status: &status, Actor: "sam"})
	if other := p.open(); status == ingest.Open && other != nil && other != k {
		if !errors.Is(err, ingest.ErrConflict) {
			t.Fatalf("a second unclosed conversation: %v", err)
		}
		return
	}
	must(m.w.t, err)
	k.open = status == ingest.Open
}

// compare holds that the store says of every message, conversation and job
// what the model says.
func (m *model) compare(t *rapid.T) {
	m.compareMessages(t)
	m.compareTalks(t)
	m.compareJobs(t)
}

func (m *model) compareJobs(t *rapid.T) {
	byID := map[int64]*job{}
	var ids []int64
	for _, j := range m.jobs {
		byID[j.id], ids = j, append(ids, j.id)
	}
	rows, err := m.w.db.Query(ctx, "select id, state, released, purged, skipped from jobs where id = any($1)", ids)
	must(m.w.t, err)
	var got job
	_, err = pgx.ForEachRow(rows, []any{&got.id, &got.state, &got.released, &got.purged, &got.skipped}, func() error {
		if j := byID[got.id]; got.state != j.state || got.released != j.released || got.purged != j.purged || got.skipped != j.skipped {
			t.Fatalf("job %+v, want %+v", got, *j)
		}
		return nil
	})
	must(m.w.t, err)
}

func (m *model) compareMessages(t *rapid.T) {
	ids := make([]ingest.ID, len(m.messages))
	for i, x := range m.messages {
		ids[i] = x.id
	}
	rows, err := m.w.db.Query(ctx, `select ord - 1, state::text, coalesce(rule, 0), ticket, conversation
		from unnest($1::text[]::uuid[]) with ordinality w(id, ord) join messages m on m.id = w.id`, texts(ids))
	must(m.w.t, err)
	var i int
	var state ingest.State
	var held int64
	var in, of *[16]byte
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&i, &state, &held, &in, &of}, func() error {
		n++
		m.messages[i].compare(t, state, held, in, of)
		return nil
	})
	must(m.w.t, err)
	if n != len(m.messages) {
		t.Fatalf("%d messages, want %d", n, len(m.messages))
	}
}

func (x *message) compare(t *rapid.T, state ingest.State, held int64, in, of *[16]byte) {
	var by int64
	if x.rule != nil {
		by = x.rule.id
	}
	if state != x.state || held != by {
		t.Fatalf("message %s of %s is %s by rule %d, want %s by %d", x.id, x.from.identity, state, held, x.state, by)
	}
	if x.ticket != nil {
		same(t, "ticket", &x.ticket.id, in)
	}
	if x.talk != nil {
		same(t, "conversation", &x.talk.id, of)
	}
}

// same learns an id the first time, and holds that it stays.
func same(t *rapid.T, what string, id *ingest.ID, got *[16]byte) {
	if got == nil {
		t.Fatalf("no %s", what)
	}
	if id.IsZero() {
		*id = *got
	}
	if *id != ingest.ID(*got) {
		t.Fatalf("%s %s, want %s", what, ingest.ID(*got), *id)
	}
}

func (m *model) compareTalks(t *rapid.T) {
	byID := map[ingest.ID]*talk{}
	var ids []ingest.ID
	for _, p := range m.people {
		for _, k := range p.talks {
			byID[k.id], ids = k, append(ids, k.id)
		}
	}
	if len(byID) != len(ids) {
		t.Fatalf("%d conversations, want %d", len(byID), len(ids))
	}
	rows, err := m.w.db.Query(ctx, `select id, status <> 'closed', messages, coalesce(continues::text, '')
		from conversations where id = any($1::text[]::uuid[])`, texts(ids))
	must(m.w.t, err)
	var id [16]byte
	var got talk
	var continues string
	_, err = pgx.ForEachRow(rows, []any{&id, &got.open, &got.messages, &continues}, func() error {
		k, before := byID[id], ""
		if k.continues != nil {
			before = k.continues.id.String()
		}
		if got.open != k.open || got.messages != k.messages || continues != before {
			t.Fatalf("conversation %+v after %s, want %+v after %s", got, continues, *k, before)
		}
		return nil
	})
	must(m.w.t, err)
}

func (m *model) busy() bool {
	return slices.ContainsFunc(m.jobs, func(j *job) bool { return !j.state.Ended() })
}

// finish works off what is left, and asks the laws.
func (m *model) finish(t *rapid.T) {
	m.settle(t)
	for range 2*len(m.jobs) + 2 {
		if !m.busy() {
			break
		}
		m.step(t)
		m.settle(t)
	}
	m.compare(t)
	if m.busy() {
		t.Fatal("jobs do not end")
	}
	if !m.w.lawful() {
		t.Fatal("a law does not hold")
	}
}

func texts(ids []ingest.ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}
