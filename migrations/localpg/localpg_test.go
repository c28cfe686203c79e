package localpg_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"gatehouse/ingest/local"
	"gatehouse/migrations/localpg"
)

// asParent makes the test binary the parent that TestKilledParent kills.
const asParent = "GATEHOUSE_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) != "" {
		parent()
	}
	goleak.VerifyTestMain(localpg.Stopping(m))
}

func TestTestGivesEachTestAMigratedDatabase(t *testing.T) {
	one, two := localpg.Test(t), localpg.Test(t)
	exec1(t, one, "insert into contacts (id) values (gen_random_uuid())")
	if n := count(t, one, "contacts"); n != 1 {
		t.Errorf("%d contacts in the first database, want 1", n)
	}
	if n := count(t, two, "contacts"); n != 0 {
		t.Errorf("%d contacts in the second database, want none", n)
	}
}

func TestTestDropsItsDatabase(t *testing.T) {
	var url string
	t.Run("user", func(t *testing.T) { url = localpg.Test(t) })
	if c, err := pgx.Connect(t.Context(), url); err == nil {
		c.Close(t.Context())
		t.Error("the database is still there after its test")
	}
}

func TestEmptyHasNoTables(t *testing.T) {
	if n := count(t, localpg.Empty(t), "pg_tables where schemaname = 'public'"); n != 0 {
		t.Errorf("%d tables, want none", n)
	}
}

func TestRestartKeepsWhatWasCommitted(t *testing.T) {
	for name, end := range map[string]func(*localpg.Server) error{
		"stop": (*localpg.Server).Stop,
		"kill": (*localpg.Server).Kill,
		"runs": func(*localpg.Server) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := localpg.Own(t, localpg.Options{Durable: true, Settings: map[string]string{"work_mem": "7MB"}})
			exec1(t, s.URL(""), "create table kept as select 1")
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := count(t, s.URL(""), "kept"); n != 1 {
				t.Errorf("%d rows after the restart, want 1", n)
			}
			for setting, want := range map[string]string{"fsync": "on", "work_mem": "7MB", "listen_addresses": ""} {
				if got := show(t, s.URL(""), setting); got != want {
					t.Errorf("%s is %q, want %q", setting, got, want)
				}
			}
		})
	}
}

func TestStartReusesOrRenewsTheData(t *testing.T) {
	base := temp(t)
	for i, step := range []struct {
		fresh bool
		want  int
	}{{false, 0}, {false, 1}, {true, 0}} {
		s := start(t, base, localpg.Options{Fresh: step.fresh})
		if n := count(t, s.URL(""), "pg_tables where tablename = 'kept'"); n != step.want {
			t.Errorf("start %d: %d tables of the start before, want %d", i+1, n, step.want)
		}
		if step.want == 0 {
			exec1(t, s.URL(""), "create table kept ()")
		}
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// A crash leaves a pid file, and by now its number may be a stranger's of the
// same user: Postgres refuses to start beside one.
func TestStartGetsOverAStalePidFile(t *testing.T) {
	for name, command := range map[string][]string{"stranger": {"/bin/sleep", "60"}, "ended, not waited for": {"/bin/true"}} {
		t.Run(name, func(t *testing.T) {
			base := temp(t)
			if err := start(t, base, localpg.Options{}).Stop(); err != nil {
				t.Fatal(err)
			}
			stranger := base.Command(command[0], command[1:]...)
			if err := stranger.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { stranger.Process.Kill(); stranger.Wait() }()
			stale := fmt.Sprintf("%d\n%s\n", stranger.Process.Pid, filepath.Join(base.Dir, "pg"))
			for _, path := range []string{filepath.Join(base.Dir, "pg/postmaster.pid"), filepath.Join(base.Sockets, ".s.PGSQL.5432.lock")} {
				if err := os.WriteFile(path, []byte(stale), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := start(t, base, localpg.Options{}).Stop(); err != nil {
				t.Fatal(err)
			}
			if len(command) == 2 && !alive(stranger.Process.Pid) {
				t.Error("the stranger was ended")
			}
		})
	}
}

// Another start on the same data ends the server that a killed program left.
func TestStartEndsTheServerThatWasLeft(t *testing.T) {
	base := temp(t)
	left := start(t, base, localpg.Options{})
	if err := start(t, base, localpg.Options{}).Stop(); err != nil {
		t.Fatal(err)
	}
	if left.Pid() == 0 || alive(left.Pid()) {
		t.Errorf("process %d is still there", left.Pid())
	}
}

func TestStartSaysWhyItFailed(t *testing.T) {
	base := temp(t)
	_, err := localpg.Start(t.Context(), base, localpg.Options{Settings: map[string]string{"no_such": "1"}})
	if err == nil || !strings.Contains(err.Error(), `unrecognized configuration parameter "no_such"`) {
		t.Errorf("got %v, want what Postgres wrote into its log", err)
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := localpg.Start(ctx, temp(t), localpg.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestKilledParentLeavesNothing(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asParent+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir, sockets string
	if _, err := fmt.Fscanln(out, &pid, &dir, &sockets); err != nil || !alive(pid) {
		t.Fatalf("the parent started no server: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir); os.RemoveAll(sockets) })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	until(t, "the server is gone", func() bool { return !alive(pid) })
	if _, err := os.Stat(filepath.Join(dir, "pg/postmaster.pid")); err == nil {
		t.Error("the server was not shut down in order: its pid file is there")
	}
}

// parent starts a server, says which, and waits to be killed.
func parent() {
	base, err := local.Temp()
	if err == nil {
		var s *localpg.Server
		if s, err = localpg.Start(context.Background(), base, localpg.Options{}); err == nil {
			fmt.Println(s.Pid(), base.Dir, base.Sockets)
			time.Sleep(time.Minute)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func temp(t *testing.T) *local.Base {
	t.Helper()
	base, err := local.Temp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := base.Close(); err != nil {
			t.Error(err)
		}
	})
	return base
}

func start(t *testing.T, base *local.Base, opt localpg.Options) *localpg.Server {
	t.Helper()
	s, err := localpg.Start(t.Context(), base, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

func query(t *testing.T, url, sql string, dst any) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if err := c.QueryRow(t.Context(), sql).Scan(dst); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, url, from string) (n int) {
	t.Helper()
	query(t, url, "select count(*) from "+from, &n)
	return n
}

func show(t *testing.T, url, setting string) (value string) {
	t.Helper()
	query(t, url, "show "+setting, &value)
	return value
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// alive tells whether a process runs; one that has ended but was not waited
// for, as may happen to an orphan, does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}
