package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"go.uber.org/goleak"

	"gatehouse/cmd/gatehouse/config"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
	"gatehouse/queue/localredis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(m)) }

var must = housetest.Must

// A house is a program that runs in the test's process, on a file of its own.
type house struct {
	*App
	t       *testing.T
	file    string
	head    string // of the file: what is not about channels
	base    string
	signals chan os.Signal
}

// serve runs the program with channels, given as lines of YAML.
func serve(t *testing.T, channels string) *house {
	t.Helper()
	return serveOn(t, fmt.Sprintf("database_url: %q\nredis_url: %q\nhttp: {listen: 127.0.0.1:0}\n", localpg.Test(t), localredis.Test(t)), channels)
}

// serveOn runs another program on the servers that a head names.
func serveOn(t *testing.T, head, channels string) *house {
	t.Helper()
	h := &house{t: t, file: filepath.Join(t.TempDir(), "gatehouse.yaml"), head: head, signals: make(chan os.Signal, 1)}
	h.write(channels)
	c, err := h.read()
	must(t, err)
	must(t, Check(c))
	h.App, err = Open(t.Context(), c, Options{Roles: AllRoles, Log: slog.New(slog.DiscardHandler), Version: "test", Load: h.read, Signals: h.signals})
	must(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- h.Run(ctx, func(addr string) { ready <- addr }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		h.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	select {
	case addr := <-ready:
		h.base = "http://" + addr
	case err := <-ended:
		t.Fatal(err)
	}
	return h
}

func (h *house) read() (config.Config, error) {
	return config.Load(h.file, func(string) (string, bool) { return "", false })
}

func (h *house) write(channels string) {
	h.t.Helper()
	must(h.t, os.WriteFile(h.file, []byte(h.head+channels), 0o600))
}

// reload writes the channels anew and reloads; what it did is one line.
func (h *house) reload(channels string) string {
	h.t.Helper()
	h.write(channels)
	done, err := h.Reload(h.t.Context(), "tester")
	if err != nil {
		return "error: " + err.Error()
	}
	says := fmt.Sprintf("added %v, changed %v, renamed %v, retired %v, unchanged %v", done.Added, done.Changed, done.Renamed, done.Retired, done.Unchanged)
	if len(done.Restart) > 0 {
		says += fmt.Sprintf(", restart %v", done.Restart)
	}
	return says
}

// post sends a body with the header given and returns the status and the answer.
func (h *house) post(path, body string, header ...string) (int, string) {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, h.base+path, strings.NewReader(body))
	if err != nil {
		h.t.Error(err)
		return 0, ""
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Error(err)
		return 0, ""
	}
	defer w.Body.Close()
	answer, _ := io.ReadAll(w.Body) // what came of it is compared
	return w.StatusCode, string(answer)
}

// accepted is how many messages of a channel the ledger has.
func (h *house) accepted(channel string) int64 {
	h.t.Helper()
	list, err := h.Store.Accounts(h.t.Context())
	must(h.t, err)
	for _, a := range list {
		if a.Name == channel {
			return a.Accepted
		}
	}
	return 0
}

func (h *house) state(channel string) string {
	h.t.Helper()
	list, err := h.Store.Health(h.t.Context(), channel)
	must(h.t, err)
	if len(list) == 0 {
		return "unknown"
	}
	return list[0].State
}

func (h *house) lawful() {
	h.t.Helper()
	v, err := h.Store.Verify(h.t.Context(), time.Time{})
	must(h.t, err)
	if len(v.Violations) > 0 {
		h.t.Errorf("%+v", v.Violations)
	}
}

func (h *house) hangUp() { h.signals <- syscall.SIGHUP }

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	housetest.Eventually(t, what, so)
}

// A mailServer has user support, and counts who signed in.
type mailServer struct {
	port    int
	user    *imapmemserver.User
	signIns atomic.Int64
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{user: imapmemserver.NewUser("support", "secret")}
	must(t, s.user.Create("INBOX", nil))
	memory := imapmemserver.New()
	memory.AddUser(s.user)
	s.port = housetest.StartIMAP(t, func() imapserver.Session {
		return counted{memory.NewSession().(imapserver.SessionIMAP4rev2), s}
	})
	return s
}

type counted struct {
	imapserver.SessionIMAP4rev2
	server *mailServer
}

func (c counted) Login(user, password string) error {
	c.server.signIns.Add(1)
	return c.SessionIMAP4rev2.Login(user, password)
}

func (s *mailServer) put(t *testing.T, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		mail := fmt.Sprintf("Message-ID: <m%d@example.com>\r\nFrom: c%d@example.com\r\nSubject: Question %d\r\n\r\nWhere is it?\r\n", n, n, n)
		if _, err := s.user.Append("INBOX", housetest.Literal{Reader: bytes.NewReader([]byte(mail))}, &imap.AppendOptions{}); err != nil {
			t.Error(err)
			return
		}
	}
}
