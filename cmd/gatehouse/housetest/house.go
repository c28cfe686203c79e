package housetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"gatehouse/migrations/localpg"
	"gatehouse/queue/localredis"
)

// A House is an installation: its servers, its configuration, and the program
// that runs on them.
type House struct {
	T      TB
	Redis  *localredis.Server
	Config string                   // the file
	Now    *atomic.Pointer[Program] // the one that requests go to

	database string
	client   *http.Client
	tokens   *sync.Map // secrets by their roles
	role     string    // as which it asks the API
}

// Settings is what a house begins with, unless it is told otherwise.
const Settings = "settings: {block_contact_enabled: true}"

// New makes a house with channels, given as YAML, on a database of its own.
func New(t TB, channels ...string) *House {
	t.Helper()
	return NewOn(t, localpg.Test(t), Settings, channels...)
}

// NewOn makes a house on a database, with lines of configuration of its own.
func NewOn(t TB, database, lines string, channels ...string) *House {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	h := &House{T: t, Redis: localredis.Own(t, localredis.Options{}), Now: new(atomic.Pointer[Program]),
		database: database, client: &http.Client{Transport: transport, Timeout: Patience}, tokens: new(sync.Map), role: "admin"}
	dir, err := os.MkdirTemp("", "gatehouse-house-")
	Must(t, err)
	t.Cleanup(func() { Must(t, os.RemoveAll(dir)) })
	h.Config = filepath.Join(dir, "gatehouse.yaml")
	text := fmt.Sprintf("database_url: %q\nredis_url: %q\nhttp: {listen: 127.0.0.1:0, trusted_proxies: [127.0.0.1/32]}\n%s\nchannels:\n",
		database, h.Redis.URL(), lines)
	for _, c := range channels {
		text += "  - " + c + "\n"
	}
	Must(t, os.WriteFile(h.Config, []byte(text), 0o600))
	return h
}

// For is the same house in the eyes of another test.
func (h House) For(t TB) *House {
	h.T = t
	return &h
}

// As is the same house asked with the token of a role.
func (h House) As(role string) *House {
	h.T.Helper()
	h.role = role
	if _, known := h.tokens.Load(role); !known {
		h.tokens.Store(role, strings.TrimSpace(h.Command(0, "token", "create", "--role", role, "--name", role)))
	}
	return &h
}

// Token is the secret of the role that asks.
func (h *House) Token() string {
	secret, _ := h.tokens.Load(h.role)
	token, _ := secret.(string)
	return token
}

// Serve starts the program; the house's requests go to it from now on.
func (h *House) Serve() *Program {
	h.T.Helper()
	p := Serve(h.T, "--config", h.Config)
	h.Now.Store(p)
	h.As("admin")
	return p
}

// Command runs a command on the house's configuration, which must end with
// want, and returns what it prints.
func (h *House) Command(want int, args ...string) string {
	h.T.Helper()
	code, out, errs := Run(h.T, append(args, "--config", h.Config)...)
	if code != want {
		h.T.Fatalf("gatehouse %s ended with %d, want %d:\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out
}

// An Answer is what came back for a request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Ask sends a request with a body as it stands; "" sends none. Other
// goroutines than the test's may call it.
func (h *House) Ask(method, path, body string, header ...string) (Answer, error) {
	req, err := http.NewRequest(method, h.Now.Load().Base+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(text)}, err
}

// API asks the API with the house's token.
func (h *House) API(method, path string, body any, header ...string) (Answer, error) {
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return Answer{}, err
		}
		text = string(b)
	}
	return h.Ask(method, "/api/v1"+path, text, append(header, "Authorization", "Bearer "+h.Token())...)
}

// Read asks the API and wants the answer want, which it reads into out, if that
// is not nil.
func (h *House) Read(want int, method, path string, body, out any) {
	h.T.Helper()
	a, err := h.API(method, path, body)
	Must(h.T, err)
	if a.Status != want {
		h.T.Fatalf("%s %s answered %d, want %d: %s", method, path, a.Status, want, a.Body)
	}
	if out != nil {
		Must(h.T, json.NewDecoder(bytes.NewReader([]byte(a.Body))).Decode(out))
	}
}

// Age makes the leases of killed programs run out at once.
func (h *House) Age() {
	h.T.Helper()
	h.SQL("update leases set until = now() - interval '1 second' where not released")
}
