package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// seedOf is the seed of a random run: GATEHOUSE_SEED, else the clock's. It
// chooses who does what; how they meet is the machine's.
func seedOf(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("GATEHOUSE_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seed = n
	}
	t.Logf("GATEHOUSE_SEED=%d", seed)
	return seed
}

// TestLawsHoldInARandomHistory lets senders, pollers, settles, job steps,
// supervisors and chores of two replicas at one database, ends their
// connections and cancels their requests, and asks all laws meanwhile and at
// the end.
func TestLawsHoldInARandomHistory(t *testing.T) {
	t.Parallel()
	liveThrough(t, seedOf(t), 5*time.Second)
}

// enough is what has to happen in a history before it proves anything.
var enough = map[string]int{"receive": 200, "settle": 150, "step": 40, "lift": 15, "kill": 15, "verify": 5}

// history is a random run.
type history struct {
	*world
	ctx  context.Context
	seed uint64

	mu      sync.Mutex
	sent    []*sending
	threads []string
	errs    map[string]int // by what was done and SQLSTATE
	n       map[string]int // what was done

	lost atomic.Bool // a law does not hold: no need to go on
}

// sending is an arrival that the store has acknowledged.
type sending struct {
	arrival  ingest.Arrival
	result   ingest.Result
	began    int64 // before its first try
	returned int64 // after the try that succeeded
}

// liveThrough runs for as long, and on until enough has happened.
func liveThrough(t *testing.T, seed uint64, long time.Duration) {
	h := &history{world: newWorld(t, 0), seed: seed, errs: map[string]int{}, n: map[string]int{}}
	must(t, h.watch.Register(context.Background(), "box", "imap", ingest.Email))
	for range 2 {
		h.replica(postgres.Options{MaxConns: 10}).Slowly(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	h.ctx = ctx
	time.AfterFunc(long, func() {
		for end := time.Now().Add(patience); !h.isEnough() && !h.lost.Load() && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond)
		}
		cancel()
	})
	h.run()
	if !h.isEnough() {
		t.Errorf("too little happened in %s: %s", patience, counts(h.n))
	}
	h.settleDown()
	h.judgeAll()
}

func (h *history) isEnough() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for what, n := range enough {
		if h.n[what] < n {
			return false
		}
	}
	return true
}

// run lets everybody act until the time is over.
func (h *history) run() {
	var wg sync.WaitGroup
	act := func(n int, pause time.Duration, step func(*actor)) {
		for range n {
			a := &actor{history: h, Rand: rand.New(rand.NewPCG(h.seed, h.seed+uint64(h.tick())))}
			wg.Go(func() {
				for h.ctx.Err() == nil && !h.lost.Load() {
					step(a)
					a.rest(pause)
				}
			})
		}
	}
	act(4, 40*time.Millisecond, (*actor).send)
	act(2, 60*time.Millisecond, (*actor).poll)
	act(3, time.Millisecond, (*actor).settleSome)
	act(2, 60*time.Millisecond, (*actor).stepJobs)
	act(2, 50*time.Millisecond, (*actor).supervise)
	act(1, 60*time.Millisecond, (*actor).talkBack)
	act(1, 300*time.Millisecond, (*actor).keepHouse)
	act(1, 200*time.Millisecond, (*actor).kill)
	act(1, 500*time.Millisecond, (*actor).verify)
	wg.Wait()
}

// actor is one of those who act, with chances of its own.
type actor struct {
	*history
	*rand.Rand
	own []*sending // what a sender has sent
}

// rest waits up to d.
func (a *actor) rest(d time.Duration) {
	select {
	case <-a.ctx.Done():
	case <-time.After(a.within(d)):
	}
}

func (a *actor) within(d time.Duration) time.Duration { return time.Duration(a.Int64N(int64(d))) }

// chance is true p times of a hundred.
func (a *actor) chance(p int) bool { return a.IntN(100) < p }

func oneOf[T any](a *actor, list []T) T { return list[a.IntN(len(list))] }

// any returns a replica.
func (a *actor) any() *replica { return oneOf(a, a.replicas) }

// impatient gives a context that may end in the middle of something.
func (a *actor) impatient(p int) (context.Context, context.CancelFunc) {
	if a.chance(p) {
		return context.WithTimeout(context.Background(), a.within(8*time.Millisecond))
	}
	return context.WithTimeout(context.Background(), patience)
}

// done counts what was done, and how it failed. Temporary errors and those
// allowed are part of life; it reports whether there was none at all.
func (h *history) done(what string, err error, allowed ...error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n[what]++
	var choice *ingest.HeldChoiceError
	switch {
	case err == nil:
		return true
	case ingest.Temporary(err):
		h.errs[what+" "+code(err)]++
	case errors.As(err, &choice), slices.ContainsFunc(allowed, func(e error) bool { return errors.Is(err, e) }):
	default:
		h.t.Errorf("%s: %v", what, err)
	}
	return false
}

// settleSome settles lanes that hold something, in any order.
func (a *actor) settleSome() {
	ctx, cancel := a.impatient(5)
	defer cancel()
	r := a.any()
	lanes, err := r.Waiting(ctx)
	a.done("waiting", err)
	a.Shuffle(len(lanes), func(i, j int) { lanes[i], lanes[j] = lanes[j], lanes[i] })
	for _, lane := range lanes[:min(len(lanes), 8)] {
		_, err := r.settle(ctx, lane, 1+a.IntN(40))
		a.done("settle", err)
	}
}

func (a *actor) stepJobs() {
	ctx, cancel := a.impatient(5)
	defer cancel()
	_, err := a.any().StepJobs(ctx, 1+a.IntN(12))
	a.done("step", err)
}

// keepHouse does the chores.
func (a *actor) keepHouse() {
	r := a.any()
	a.done("fold", r.Fold(a.ctx))
	a.done("analyze", r.Analyze(a.ctx))
	a.done("close idle", r.CloseIdle(a.ctx, 300*time.Millisecond, 300*time.Millisecond))
}

// kill ends one connection of a replica, whatever it is doing.
func (a *actor) kill() {
	tag, err := a.db.Exec(context.Background(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and application_name = 'replica' order by state = 'idle', random() limit 1`)
	if a.done("kill", err) && tag.RowsAffected() == 0 {
		a.mu.Lock()
		a.n["kill"]--
		a.mu.Unlock()
	}
}

func (a *actor) verify() {
	if !a.done("seal", a.watch.SealAudit(context.Background())) {
		return
	}
	v, err := a.watch.Verify(context.Background(), time.Time{})
	if !a.done("verify", err) {
		return
	}
	if len(v.Violations) > 0 {
		a.lost.Store(true)
		a.lawful()
		a.t.Errorf("seen in a snapshot: %+v", v.Violations)
	}
	list, err := a.watch.Accounts(context.Background())
	a.done("accounts", err)
	for _, account := range list {
		if !account.Balances() {
			a.lost.Store(true)
			a.t.Errorf("law 2: in a snapshot: %+v", account)
		}
	}
}

// settleDown decides all that waits and works all jobs off, undisturbed.
func (h *history) settleDown() {
	h.ahead.Store(int64(2 * postgres.WaitForAncestor)) // no reply waits for its ancestor any more
	start := time.Now()
	h.work()
	h.t.Logf("settled down in %s", time.Since(start).Round(time.Millisecond))
}

// judgeAll asks the laws of what is left.
func (h *history) judgeAll() {
	h.t.Helper()
	h.lawful()
	h.decidedOnce()
	h.moved()
	h.chained()
	h.oneTicket()
	h.acknowledgedIsThere()
	h.polledOnce()
	pairs, wrong := h.inOrder()
	for _, x := range wrong[:min(len(wrong), 20)] {
		h.t.Errorf("law 9: %s", x)
	}
	for what, n := range h.errs {
		if strings.HasSuffix(what, " 40P01") {
			h.t.Errorf("%s: %d deadlocks", strings.TrimSuffix(what, " 40P01"), n)
		}
	}
	if n := ask[int](h.world, "select deadlocks from pg_stat_database where datname = current_database()"); n > 0 {
		h.t.Errorf("%d deadlocks", n)
	}
	h.t.Logf("%d messages, %d pairs in order; %s", len(h.sent), pairs, counts(h.n))
	h.t.Logf("errors met: %s", counts(h.errs))
	h.t.Logf("states: %s; jobs: %s", counts(h.states()), counts(h.jobs()))
}

// moved holds that the moves of a message end where it is.
func (h *history) moved() {
	h.t.Helper()
	for _, id := range all[string](h.world, `
		select m.id::text from (select distinct on (message) message, to_state from transitions order by message, id desc) t
		join messages m on m.id = t.message where m.state <> t.to_state`) {
		h.t.Errorf("message %s is not where its moves end", id)
	}
}

// oneTicket holds that a contact has one ticket on a one-at-a-time channel.
func (h *history) oneTicket() {
	h.t.Helper()
	for _, contact := range all[string](h.world, `
		select contact::text from tickets t join channels c on c.id = t.channel
		where t.messages > 0 and c.family in ('chat', 'sms') group by contact, channel having count(*) > 1`) {
		h.t.Errorf("contact %s has two tickets on one channel", contact)
	}
}

func (h *history) jobs() map[string]int {
	h.t.Helper()
	n := map[string]int{}
	for _, s := range all[string](h.world, "select kind || ' ' || state from jobs") {
		n[s]++
	}
	n["released"] = ask[int](h.world, "select coalesce(sum(released), 0) from jobs")
	n["purged"] = ask[int](h.world, "select coalesce(sum(purged), 0) from jobs")
	n["held again"] = ask[int](h.world, "select count(*) from transitions where from_state = 'received' and to_state = 'held'")
	return n
}

func counts(n map[string]int) string {
	var list []string
	for _, what := range slices.Sorted(maps.Keys(n)) {
		list = append(list, fmt.Sprintf("%d %s", n[what], what))
	}
	return strings.Join(list, ", ")
}
