package postgres_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/migrations/localpg"
	"gatehouse/pipeline"
)

// patience bounds what a test waits for.
const patience = time.Minute

// world is one database and the stores of replicas on it, as processes would
// have them: each with its own connections and its own Book.
type world struct {
	t        testing.TB
	url      string
	db       *pgxpool.Pool   // the test's own questions
	watch    *postgres.Store // asks the laws; nobody cuts its connections
	replicas []*replica
	ahead    atomic.Int64 // nanoseconds that the replicas' clocks are ahead
	moment   atomic.Int64 // numbers what the test does and sees
	judged   sync.Map     // message id to the moment of its last first decision
}

// replica is what one process has.
type replica struct {
	*postgres.Store
	*witness
}

// witness is the pipeline's judge, and notes when it decided what.
type witness struct {
	pipeline.Judge
	w *world
}

func (j *witness) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	if f.Pass == nil {
		j.w.judged.Store(m.ID, j.w.tick())
	}
	return j.Judge.Decide(m, f)
}

// tick returns a number greater than all before.
func (w *world) tick() int64 { return w.moment.Add(1) }

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// firsts notes, in the transaction itself, when each message was settled for
// the first time: n grows along a lane, because its lock is held to the end.
const firsts = `
create table firsts (n bigint generated always as identity, xid xid8 not null default pg_current_xact_id(), message uuid primary key);
create function note_first() returns trigger language plpgsql as $$ begin
  insert into firsts (message) values (new.id) on conflict do nothing; return null; end $$;
create trigger firsts after update of state on messages for each row when (old.state = 'received') execute function note_first();`

// newWorld makes a database with the channels chat, sms and mail, and n
// replicas on it.
func newWorld(t testing.TB, n int) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, url: localpg.Test(t)}
	db, err := pgxpool.New(ctx, w.named("test"))
	must(t, err)
	t.Cleanup(db.Close)
	w.db = db
	_, err = db.Exec(ctx, firsts)
	must(t, err)
	w.watch = w.store("watch", postgres.Options{MaxConns: 4})
	t.Cleanup(func() { postgres.CheckEvents(t, w.url) })
	for name, kind := range map[string]string{"chat": "chat", "sms": "twilio", "mail": "imap"} {
		family := map[string]ingest.Family{"chat": ingest.Chat, "twilio": ingest.SMS, "imap": ingest.Email}[kind]
		must(t, w.watch.Register(ctx, name, kind, family))
	}
	for range n {
		w.replica(postgres.Options{})
	}
	return w
}

func (w *world) store(name string, o postgres.Options) *postgres.Store {
	w.t.Helper()
	o.Now, o.Joiner = w.now, joinWords
	s, err := postgres.Open(context.Background(), w.named(name), o)
	must(w.t, err)
	w.t.Cleanup(s.Close)
	return s
}

// named is the database's address for connections of that name.
func (w *world) named(name string) string {
	u, err := url.Parse(w.url)
	must(w.t, err)
	q := u.Query()
	q.Set("application_name", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// replica adds one more process.
func (w *world) replica(o postgres.Options) *replica {
	r := &replica{w.store("replica", o), &witness{w: w}}
	w.replicas = append(w.replicas, r)
	return r
}

func (r *replica) settle(ctx context.Context, lane, limit int) (ingest.Settled, error) {
	return r.Settle(ctx, lane, limit, r.witness)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask runs a query that returns one value.
func ask[T any](w *world, query string, args ...any) T {
	w.t.Helper()
	var v T
	must(w.t, w.db.QueryRow(context.Background(), query, args...).Scan(&v))
	return v
}

// all runs a query that returns one column.
func all[T any](w *world, query string, args ...any) []T {
	w.t.Helper()
	rows, err := w.db.Query(context.Background(), query, args...)
	must(w.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	must(w.t, err)
	return list
}

// receive stores arrivals, which must succeed at once.
func (w *world) receive(as ...ingest.Arrival) ingest.Receipt {
	w.t.Helper()
	r, err := w.replicas[0].Receive(context.Background(), ingest.Batch{Arrivals: as})
	must(w.t, err)
	return r
}

// settleAll settles until nothing waits.
func (w *world) settleAll() {
	w.t.Helper()
	until(w.t, "nothing waits", func() bool {
		lanes, err := w.watch.Waiting(context.Background())
		must(w.t, err)
		for _, lane := range lanes {
			if _, err := w.replicas[0].settle(context.Background(), lane, 200); !ingest.Temporary(err) {
				must(w.t, err)
			}
		}
		return len(lanes) == 0
	})
}

// work settles and runs jobs until both are idle.
func (w *world) work() {
	w.t.Helper()
	until(w.t, "jobs and settles are idle", func() bool {
		w.settleAll()
		if _, err := w.replicas[0].StepJobs(context.Background(), 500); !ingest.Temporary(err) {
			must(w.t, err)
		}
		return ask[int](w, "select count(*) from jobs where state in ('queued', 'running')") == 0 &&
			ask[int](w, "select count(*) from messages where state = 'received'") == 0
	})
}

// until asks again and again, for no longer than patience.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// lawful fails the test where a law does not hold; it reports whether all do.
func (w *world) lawful() bool {
	w.t.Helper()
	must(w.t, w.watch.SealAudit(context.Background())) // as a sweeper would have
	v, err := w.watch.Verify(context.Background(), time.Time{})
	must(w.t, err)
	for _, x := range v.Violations {
		w.t.Errorf("law %d: %s: %d %v", x.Law, x.Says, x.N, x.IDs)
	}
	list, err := w.watch.Accounts(context.Background())
	must(w.t, err)
	for _, a := range list {
		if !a.Balances() {
			w.t.Errorf("law 2: the account does not add up: %+v", a)
			return false
		}
	}
	return len(v.Violations) == 0
}

// decidedOnce holds that each message has one event for its first decision and
// one for each release.
func (w *world) decidedOnce() {
	w.t.Helper()
	for _, id := range all[string](w, `
		with told as (select message, count(*) as n from events where type in ('message.conversed', 'message.held') group by message),
		again as (select message, count(*) as n from transitions where from_state = 'received' group by message)
		select m.id::text from messages m left join told on told.message = m.id left join again on again.message = m.id
		left join firsts on firsts.message = m.id
		where m.state in ('conversed', 'held', 'purged')
		  and coalesce(told.n, 0) <> coalesce(again.n, 0) + case when firsts.message is null then 0 else 1 end
		limit 20`) {
		w.t.Errorf("message %s was not decided as often as it was received", id)
	}
}

// code names an error for counting: its SQLSTATE, else what broke.
func code(err error) string {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		return pg.Code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "cancelled"
	}
	return "connection"
}

// keyHash is what the store keeps of a key.
func keyHash(key string) []byte {
	h := sha256.Sum256([]byte(key))
	return h[:]
}

// arrival of one message by a person known by id, from raw bytes that say words.
func arrival(channel, key, words string, id ingest.Identity) ingest.Arrival {
	return ingest.Arrival{
		Message: ingest.Message{Channel: channel, From: ingest.Sender{Identity: id, Name: id.Value}, Identities: []ingest.Identity{id},
			Text: words, Auto: ingest.AutoNone},
		Raw: []byte(words), Derived: true, Keys: []string{key},
	}
}

// chat is a chat by a visitor.
func chat(visitor, key, words string) ingest.Arrival {
	a := arrival("chat", visitor+"/"+key, words, ingest.Identity{Kind: "visitor", Value: visitor, How: ingest.Header})
	a.Message.ClientIP = netip.MustParseAddr("192.0.2.7")
	return a
}

// part is a part of a text message.
func part(number, set string, n, total int, words string) ingest.Arrival {
	a := sms(number, words, words)
	a.Part = &ingest.PartOf{Set: set, Number: n, Total: total}
	return a
}

// joinWords joins parts of a text message, whose first word is its sender.
func joinWords(_ string, set ingest.PartSet) ingest.Arrival {
	var all []byte
	for _, p := range set.Parts {
		all = append(all, p.Raw...)
	}
	number, _, _ := strings.Cut(string(all), " ")
	return sms(number, "", string(all))
}

// sms is a text message.
func sms(number, key, words string) ingest.Arrival {
	return arrival("sms", number+"/"+key, words, ingest.Identity{Kind: "phone", Value: number, How: ingest.Verified})
}

// mail is a mail by its name in a thread; answers are the names it answers.
func mail(from, key, thread string, answers ...string) ingest.Arrival {
	raw := fmt.Sprintf("From: %s\nMessage-ID: <%s>\n\n%s", from, thread, key)
	a := arrival("mail", "mail/"+key, raw, ingest.Identity{Kind: "email", Value: from, How: ingest.Header})
	a.Derived, a.Message.Subject, a.Message.Thread, a.Message.Answers = false, "about "+thread, thread, answers
	a.Prints = []ingest.Print{{Kind: "raw", Hash: sha256.Sum256(a.Raw)}}
	return a
}

func target(s string) ingest.Target {
	t, err := ingest.ParseTarget(s)
	if err != nil {
		panic(err)
	}
	return t
}

func order(kind ingest.RuleKind, of string) ingest.RuleOrder {
	return ingest.RuleOrder{Kind: kind, Target: target(of), Reason: "spam", Actor: "sam"}
}

// set makes a rule stand.
func (w *world) set(o ingest.RuleOrder) ingest.Rule {
	w.t.Helper()
	s, err := w.replicas[0].SetRule(context.Background(), o)
	must(w.t, err)
	return s.Rule
}

// lift ends rules.
func (w *world) lift(held ingest.HeldChoice, rules ...int64) ingest.Lifted {
	w.t.Helper()
	l, err := w.replicas[0].Lift(context.Background(), ingest.LiftOrder{Rules: rules, Held: held, Actor: "sam"})
	must(w.t, err)
	return l
}
