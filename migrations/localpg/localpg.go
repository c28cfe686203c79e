// Package localpg runs a private Postgres on a unix socket for the demo, the
// tests and the benchmarks, and gives each test a database of its own with the
// schema in it ([Test]). It uses the machine's own Postgres, else the one that
// .ci/tools.sh has unpacked; it listens on no port and needs no password.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest/local"
)

// Database is the name of the database that every server has, and of its owner.
const Database = "gatehouse"

// grace is how long Postgres may take to end before it is killed.
const grace = 30 * time.Second

// Options of a server. The zero value is for tests: nothing is synced to disk.
type Options struct {
	Durable  bool              // commits survive a crash of the machine, as in production
	Fresh    bool              // throw away the data of an earlier start in this base
	Settings map[string]string // added to postgresql.conf's defaults
}

// A Server is a running Postgres. Its methods are not for concurrent use, but
// URL is.
type Server struct {
	base *local.Base
	opt  Options
	bin  string // the directory of initdb and postgres
	data string
	proc *local.Process
}

// Start runs Postgres on the data in base, which it makes if there are none,
// and returns when it accepts connections. ctx bounds the starting only. The
// error is [ErrNone] when the machine has no Postgres.
func Start(ctx context.Context, base *local.Base, opt Options) (*Server, error) {
	bin, err := find(base.Tools)
	if err != nil {
		return nil, err
	}
	s := &Server{base: base, opt: opt, bin: bin, data: filepath.Join(base.Dir, "pg")}
	if err := s.start(ctx); err != nil {
		return nil, fmt.Errorf("start Postgres: %w", err)
	}
	return s, nil
}

// URL is the address of a database of this server; of [Database] for "".
func (s *Server) URL(database string) string {
	if database == "" {
		database = Database
	}
	query := url.Values{"host": {s.base.Sockets}, "user": {Database}}
	return "postgres:///" + url.PathEscape(database) + "?" + query.Encode()
}

// Pid is the id of the server's first process.
func (s *Server) Pid() int { return s.proc.Pid() }

// Stop ends the server in order: connections are cut, what is committed is on disk.
func (s *Server) Stop() error { return s.proc.Stop(syscall.SIGINT, grace) }

// Kill ends the server as a crash would; the next start recovers from the log.
func (s *Server) Kill() error { return s.proc.Stop(syscall.SIGQUIT, grace) }

// Restart starts the server again, on the same data and with the same URLs;
// one that runs is stopped first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	s.opt.Fresh = false
	return s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	log, err := s.base.Log("postgres")
	if err != nil {
		return err
	}
	defer log.Close()
	if err := s.prepare(ctx, log); err != nil {
		return err
	}
	cmd := s.base.Command(filepath.Join(s.bin, "postgres"), s.arguments()...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = local.Start(cmd); err != nil {
		return err
	}
	err = s.proc.Ready(ctx, log, func(ctx context.Context) error {
		return s.do(ctx, func(*pgx.Conn) error { return nil })
	})
	if err == nil {
		err = s.ensure(ctx, Database)
	}
	if err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

// prepare leaves a data directory that nobody works on. It is made under
// another name, so that a start which is cut short leaves no half of one.
func (s *Server) prepare(ctx context.Context, log *os.File) error {
	if err := local.Evict(filepath.Join(s.data, "postmaster.pid"), s.data, syscall.SIGINT, grace); err != nil {
		return err
	}
	if err := s.clearSockets(); err != nil {
		return err
	}
	if s.opt.Fresh {
		if err := os.RemoveAll(s.data); err != nil {
			return err
		}
	}
	if _, err := os.Stat(s.data); err == nil {
		_, err := s.base.Mkdir("pg")
		return err
	}
	if err := os.RemoveAll(s.data + ".new"); err != nil {
		return err
	}
	if err := s.initdb(ctx, log); err != nil {
		return err
	}
	return os.Rename(s.data+".new", s.data)
}

// clearSockets removes what a crash left; its lock file names a process that
// may be a stranger now.
func (s *Server) clearSockets() error {
	left, err := filepath.Glob(filepath.Join(s.base.Sockets, ".s.PGSQL.*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func (s *Server) initdb(ctx context.Context, log *os.File) error {
	dir, err := s.base.Mkdir("pg.new")
	if err != nil {
		return err
	}
	cmd := s.base.Command(filepath.Join(s.bin, "initdb"), "-D", dir, "-U", Database, "-E", "UTF8", "--no-locale",
		"--auth-local=trust", "--auth-host=reject", "--no-sync")
	cmd.Stdout, cmd.Stderr = log, log
	p, err := local.Start(cmd)
	if err != nil {
		return err
	}
	if err := p.Wait(ctx); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, local.Tail(log))
	}
	return nil
}

// arguments are the settings. Compiling queries is off: Postgres can be
// unpacked without LLVM, and then the first dear query would fail.
func (s *Server) arguments() []string {
	args := []string{"-D", s.data, "-k", s.base.Sockets, "-c", "listen_addresses=", "-c", "jit=off", "-c", "max_connections=200"}
	if !s.opt.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	for name, value := range s.opt.Settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

func (s *Server) ensure(ctx context.Context, database string) error {
	return s.do(ctx, func(c *pgx.Conn) error {
		var n int
		if err := c.QueryRow(ctx, "select count(*) from pg_database where datname = $1", database).Scan(&n); err != nil || n > 0 {
			return err
		}
		_, err := c.Exec(ctx, "create database "+pgx.Identifier{database}.Sanitize())
		return err
	})
}

func (s *Server) do(ctx context.Context, f func(*pgx.Conn) error) error {
	return connect(ctx, s.URL("postgres"), f)
}

func connect(ctx context.Context, url string, f func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	return f(c)
}
