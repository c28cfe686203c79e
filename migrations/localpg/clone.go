package localpg

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest/local"
	"gatehouse/migrations"
)

// patience bounds what a test waits for its database.
const patience = 2 * time.Minute

// Test returns the URL of a fresh database with all migrations applied, which
// is dropped when the test ends. It is a clone of a template in one server for
// the whole test binary: DATABASE_URL's, else a private one. Tests of a package
// that uses it start with
//
//	func TestMain(m *testing.M) { localpg.Main(m) }
func Test(t local.TB) string {
	t.Helper()
	return database(t, true)
}

// Empty is like [Test], but nothing has been migrated.
func Empty(t local.TB) string {
	t.Helper()
	return database(t, false)
}

// Own starts a server for one test alone, which may kill and restart it. It
// has an empty [Database].
func Own(t local.TB, opt Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return local.Own(t, func(base *local.Base) (*Server, error) { return Start(ctx, base, opt) })
}

// M is *testing.M.
type M interface{ Run() int }

// Main runs the tests and stops the server that they shared.
func Main(m M) { os.Exit(Stopping(m).Run()) }

// Stopping is m with the stop of the shared server added to its end, for a
// TestMain that looks for leaked goroutines afterwards:
//
//	goleak.VerifyTestMain(localpg.Stopping(m))
func Stopping(m M) M { return stopping{m} }

type stopping struct{ m M }

func (s stopping) Run() int {
	code := s.m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop Postgres:", err)
		return max(code, 1)
	}
	return code
}

// shared is the one server of this test binary, started by the first test that asks.
var shared cluster

type cluster struct {
	once   sync.Once
	err    error
	base   *local.Base // nil: DATABASE_URL
	server *Server     // nil: DATABASE_URL
	url    string      // of the database to create others from
	prefix string      // of the names of all databases, the template's name itself
	n      atomic.Int64
}

func database(t local.TB, migrated bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if shared.once.Do(func() { shared.err = shared.start(ctx) }); shared.err != nil {
		t.Fatalf("a database for the test: %v", shared.err)
	}
	template := "template0"
	if migrated {
		template = shared.prefix
	}
	name := fmt.Sprintf("%s_%d", shared.prefix, shared.n.Add(1))
	if err := shared.create(ctx, name, template); err != nil {
		t.Fatalf("clone %s: %v", template, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := shared.drop(ctx, name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return with(shared.url, name)
}

func (c *cluster) start(ctx context.Context) error {
	if c.url = os.Getenv("DATABASE_URL"); c.url == "" {
		if err := c.private(ctx); err != nil {
			return err
		}
	}
	if u, err := url.Parse(c.url); err != nil || u.Scheme == "" {
		return fmt.Errorf("DATABASE_URL has to be a URL")
	}
	c.prefix = "gatehouse_test_" + strings.ToLower(rand.Text()[:8])
	if err := c.create(ctx, c.prefix, "template0"); err != nil {
		return err
	}
	_, err := migrations.Up(ctx, with(c.url, c.prefix))
	return err
}

func (c *cluster) private(ctx context.Context) (err error) {
	if c.base, err = local.Light(); err != nil {
		return err
	}
	if c.server, err = Start(ctx, c.base, Options{}); err != nil {
		return err
	}
	c.url = c.server.URL("postgres")
	return nil
}

func (c *cluster) stop() error {
	if c.server == nil && c.prefix != "" {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return c.drop(ctx, c.prefix)
	}
	if c.server != nil {
		if err := c.server.Stop(); err != nil {
			return err
		}
	}
	if c.base != nil {
		return c.base.Close()
	}
	return nil
}

// create clones by copying files: through the log, as is the default, a clone
// takes five times as long until the log has its full length.
func (c *cluster) create(ctx context.Context, name, template string) error {
	return c.exec(ctx, "create database "+quote(name)+" template "+quote(template)+
		" strategy file_copy encoding 'UTF8' locale 'C'")
}

func (c *cluster) drop(ctx context.Context, name string) error {
	return c.exec(ctx, "drop database if exists "+quote(name)+" with (force)")
}

func (c *cluster) exec(ctx context.Context, statement string) error {
	return connect(ctx, c.url, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// with is address with another database.
func with(address, database string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // parsed before, by start
	}
	u.Path = "/" + database
	return u.String()
}
