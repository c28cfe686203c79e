// Package postgres is the store: the only place that speaks SQL. Statements
// are whole, in sql/*.sql, named like what runs them. Postgres holds the
// truth: what a method reports as done is committed.
//
// The order of locks is that of docs/flow.md: rules, lane, messages, contacts,
// conversations, tickets, each kind in id order.
package postgres

import (
	"context"
	"embed"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
	"gatehouse/ingest/seal"
)

//go:embed sql/*.sql
var files embed.FS

// statement returns sql/<name>.sql. A line "-- include OTHER" in it stands for
// the whole of sql/<OTHER>.sql. A missing file stops the program at start.
func statement(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return included.ReplaceAllStringFunc(string(b), func(line string) string {
		return strings.TrimSuffix(statement(included.FindStringSubmatch(line)[1]), "\n")
	})
}

var included = regexp.MustCompile(`(?m)^ *-- include (\w+)$`)

// Store keeps everything in one Postgres database. It is safe for concurrent
// use.
type Store struct {
	pool    *pgxpool.Pool
	now     func() time.Time
	refuser Refuser
	joiner  Joiner
	seal    *seal.Ring

	exportMost int64 // octets of a file that is exported
	hearing    sync.Mutex
	own        atomic.Pointer[own]
	rawWalk    rawWalk

	unsafe unsafe // tests only

	mu       sync.RWMutex
	channels map[string]channel // by name, as registered
	numbers  map[int32]channel
}

// Options tune a Store; the zero value is right for production.
type Options struct {
	MaxConns int32            // 0: the URL's pool_max_conns, else 24
	Now      func() time.Time // nil: time.Now
	Dial     pgconn.DialFunc  // how to reach the server; nil: as the URL says
	// Refuser is asked again, under the rules lock, about what was refused by
	// header. Nil: it counts whether the ban stands.
	Refuser Refuser
	// Joiner makes messages of their parts. Nil: they wait for a process that has one.
	Joiner Joiner
	// Seal keeps secrets unreadable in the database. Nil: none can be kept.
	Seal *seal.Ring
}

// Open connects to the database at url. It does not migrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	} else if cfg.MaxConns < 24 {
		cfg.MaxConns = 24
	}
	params := cfg.ConnConfig.RuntimeParams
	setDefault(params, "timezone", "UTC")
	setDefault(params, "statement_timeout", "60s")
	setDefault(params, "lock_timeout", "20s")
	setDefault(params, "idle_in_transaction_session_timeout", "60s")
	setDefault(params, "application_name", "gatehouse")
	setDefault(params, "jit", "off") // our statements end before it has compiled them
	if o.Dial != nil {
		cfg.ConnConfig.DialFunc = o.Dial
	}
	cfg.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		teachIDs(c.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", classify(err))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{pool: pool, now: o.Now, refuser: o.Refuser, joiner: o.Joiner, seal: o.Seal, exportMost: ingest.ExportBytes,
		channels: map[string]channel{}}, nil
}

func setDefault(m map[string]string, key, value string) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// Close waits for borrowed connections and closes them.
func (s *Store) Close() { s.pool.Close() }

// Ping asks whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return classify(s.pool.Ping(ctx)) }

// tx runs do in a transaction of READ COMMITTED and commits it. An error of
// the commit is temporary: it is not known whether it took place. Within [Store.Once]
// it is a part of that transaction.
func (s *Store) tx(ctx context.Context, do func(pgx.Tx) error) error {
	if outer, ok := ctx.Value(txKey{}).(pgx.Tx); ok {
		return classify(pgx.BeginFunc(ctx, outer, do))
	}
	return classify(pgx.BeginFunc(ctx, s.pool, do))
}

// txKey finds the transaction that a context is part of.
type txKey struct{}
