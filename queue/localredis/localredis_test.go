package localredis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"gatehouse/ingest/local"
	"gatehouse/queue/localredis"
)

// asParent makes the test binary the parent that TestKilledParent kills.
const asParent = "GATEHOUSE_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) != "" {
		parent()
	}
	goleak.VerifyTestMain(m)
}

func TestEachTestHasItsOwn(t *testing.T) {
	one, two := client(t, localredis.Test(t)), client(t, localredis.Test(t))
	set(t, one, "key")
	if n := size(t, two); n != 0 {
		t.Errorf("%d keys in the other server, want none", n)
	}
}

func TestRestart(t *testing.T) {
	for name, tc := range map[string]struct {
		opt  localredis.Options
		end  func(*localredis.Server) error
		want int64
	}{
		"durable, stopped": {localredis.Options{Durable: true}, (*localredis.Server).Stop, 1},
		"durable, running": {localredis.Options{Durable: true}, func(*localredis.Server) error { return nil }, 1},
		"not durable":      {localredis.Options{}, (*localredis.Server).Kill, 0},
		"fresh once":       {localredis.Options{Durable: true, Fresh: true}, (*localredis.Server).Stop, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := localredis.Own(t, tc.opt)
			c := client(t, s.URL())
			set(t, c, "key")
			if err := tc.end(s); err != nil {
				t.Fatal(err)
			}
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := size(t, c); n != tc.want {
				t.Errorf("%d keys after the restart, want %d", n, tc.want)
			}
		})
	}
}

func TestStartReusesOrRenewsTheData(t *testing.T) {
	base := temp(t)
	for i, step := range []struct {
		fresh bool
		want  int64
	}{{false, 0}, {false, 1}, {true, 0}} {
		s := start(t, base, localredis.Options{Durable: true, Fresh: step.fresh})
		c := client(t, s.URL())
		if n := size(t, c); n != step.want {
			t.Errorf("start %d: %d keys of the start before, want %d", i+1, n, step.want)
		}
		set(t, c, "key")
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

// A server that a killed program left removes its socket when it ends: the
// next start has to wait for that.
func TestStartEndsTheServerThatWasLeft(t *testing.T) {
	base := temp(t)
	left := start(t, base, localredis.Options{})
	set(t, client(t, left.URL()), "left")
	s := start(t, base, localredis.Options{})
	if n := size(t, client(t, s.URL())); n != 0 {
		t.Errorf("%d keys, want none: it is the old server that answers", n)
	}
}

func TestStartReportsAnUnusableDirectory(t *testing.T) {
	base := temp(t)
	if err := os.WriteFile(filepath.Join(base.Dir, "redis"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := localredis.Start(t.Context(), base, localredis.Options{}); err == nil {
		t.Error("it started on a file instead of a directory")
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
	var url, dir, sockets string
	if _, err := fmt.Fscanln(out, &url, &dir, &sockets); err != nil {
		t.Fatalf("the parent started no server: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir); os.RemoveAll(sockets) })
	c := client(t, url)
	set(t, c, "key")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	for deadline := time.Now().Add(30 * time.Second); c.Ping(t.Context()).Err() == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server still answers")
		}
	}
}

// parent starts a server, says which, and waits to be killed.
func parent() {
	base, err := local.Temp()
	if err == nil {
		var s *localredis.Server
		if s, err = localredis.Start(context.Background(), base, localredis.Options{}); err == nil {
			fmt.Println(s.URL(), base.Dir, base.Sockets)
			time.Sleep(time.Minute)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestImitation(t *testing.T) {
	base := temp(t)
	base.Tools = "/nonexistent"
	t.Setenv("PATH", "/nonexistent")
	if _, err := localredis.Start(t.Context(), base, localredis.Options{}); !errors.Is(err, localredis.ErrNone) {
		t.Fatalf("without a Redis: %v, want %v", err, localredis.ErrNone)
	}
	var log bytes.Buffer
	s := start(t, base, localredis.Options{InProcess: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("no warning, but %q", log.String())
	}
	c := client(t, s.URL())
	if err := c.Set(t.Context(), "brief", 1, time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); size(t, c) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a key with a second to live does not expire")
		}
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	set(t, c, "same address")
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

func start(t *testing.T, base *local.Base, opt localredis.Options) *localredis.Server {
	t.Helper()
	s, err := localredis.Start(t.Context(), base, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	t.Cleanup(func() { c.Close() })
	return c
}

func set(t *testing.T, c *redis.Client, key string) {
	t.Helper()
	if err := c.Set(t.Context(), key, 1, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func size(t *testing.T, c *redis.Client) int64 {
	t.Helper()
	n, err := c.DBSize(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
