package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/migrations/localpg"
	"gatehouse/queue/localredis"
)

// siteChat is a chat channel which anybody may write to as fast as they can.
const siteChat = "{name: site-chat, kind: chat, visitor_rate: 0, ip_rate: 0}"

// A house is an installation: its servers, its configuration, and the program
// that runs on them.
type house struct {
	t        *testing.T
	database string
	redis    *localredis.Server
	config   string // the file
	token    string // of an administrator
	now      atomic.Pointer[program]
	client   *http.Client
}

// newHouse makes a house with channels, given as YAML, on a database of its own.
func newHouse(t *testing.T, channels ...string) *house {
	t.Helper()
	return newHouseOn(t, localpg.Test(t), channels...)
}

func newHouseOn(t *testing.T, database string, channels ...string) *house {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	h := &house{t: t, database: database, redis: localredis.Own(t, localredis.Options{}),
		client: &http.Client{Transport: transport, Timeout: patience}}
	h.config = filepath.Join(t.TempDir(), "gatehouse.yaml")
	text := fmt.Sprintf("database_url: %q\nredis_url: %q\nhttp: {listen: 127.0.0.1:0}\nsettings: {block_contact_enabled: true}\nchannels:\n",
		database, h.redis.URL())
	for _, c := range channels {
		text += "  - " + c + "\n"
	}
	must(t, os.WriteFile(h.config, []byte(text), 0o600))
	return h
}

// serve starts the program; the house's requests go to it from now on.
func (h *house) serve() *program {
	h.t.Helper()
	p := serve(h.t, "--config", h.config)
	h.now.Store(p)
	if h.token == "" {
		h.token = strings.TrimSpace(h.command(0, "token", "create", "--role", "admin"))
	}
	return p
}

// command runs a command on the house's configuration, which must end with
// want, and returns what it prints.
func (h *house) command(want int, args ...string) string {
	h.t.Helper()
	code, out, errs := run(h.t, append(args, "--config", h.config)...)
	if code != want {
		h.t.Fatalf("gatehouse %s ended with %d, want %d:\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out
}

// An answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with a body as it stands; "" sends none. Other
// goroutines than the test's may call it.
func (h *house) ask(method, path, body string, header ...string) (answer, error) {
	req, err := http.NewRequest(method, h.now.Load().base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

// api asks the API as an administrator.
func (h *house) api(method, path string, body any) (answer, error) {
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		text = string(b)
	}
	return h.ask(method, "/api/v1"+path, text, "Authorization", "Bearer "+h.token)
}

// read asks the API and wants the answer want, which it reads into out, if that
// is not nil.
func (h *house) read(want int, method, path string, body, out any) {
	h.t.Helper()
	a, err := h.api(method, path, body)
	must(h.t, err)
	if a.status != want {
		h.t.Fatalf("%s %s answered %d, want %d: %s", method, path, a.status, want, a.body)
	}
	if out != nil {
		must(h.t, json.NewDecoder(bytes.NewReader([]byte(a.body))).Decode(out))
	}
}

// books are a channel's account.
type books struct {
	Name                                                       string
	Accepted, Conversed, Held, Refused, Dead, Purged, InFlight int64
}

func (b *books) UnmarshalJSON(text []byte) error {
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	n := func(name string) int64 { f, _ := all[name].(float64); return int64(f) }
	b.Name, _ = all["name"].(string)
	b.Accepted, b.Conversed, b.Held, b.Refused = n("accepted"), n("conversed"), n("held"), n("refused")
	b.Dead, b.Purged, b.InFlight = n("dead"), n("purged"), n("in_flight")
	return nil
}

// books reads the account of each channel; nil if nobody can tell now.
func (h *house) books() map[string]books {
	var stats struct{ Channels []books }
	a, err := h.api(http.MethodGet, "/stats", nil)
	if err != nil || a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &stats) != nil {
		return nil
	}
	all := map[string]books{}
	for _, b := range stats.Channels {
		all[b.Name] = b
	}
	return all
}

// decided waits until so many messages of the channels are decided.
func (h *house) decided(want map[string]int) {
	h.t.Helper()
	var last map[string]books
	defer func() {
		if h.t.Failed() {
			h.t.Logf("the books: %+v", last)
		}
	}()
	eventually(h.t, fmt.Sprintf("%v decided", want), func() bool {
		last = h.books()
		for name, n := range want {
			if b := last[name]; b.Accepted-b.InFlight < int64(n) {
				return false
			}
		}
		return last != nil
	})
}

// A message is what the API says of one.
type message struct {
	ID, Channel, State, Subject, Text, Reason, Note string
	Seq                                             int64
	ConversationID                                  string `json:"conversation_id"`
	From                                            struct{ Value string }
}

// name is what the tests know a message by.
func (m message) name() string {
	if m.Subject != "" {
		return m.Subject
	}
	name, _, _ := strings.Cut(m.Text, " "+planted)
	return name
}

// messages lists all that are stored, whatever became of them.
func (h *house) messages() []message {
	h.t.Helper()
	var all []message
	for cursor := ""; ; {
		var list struct {
			Items []message
			Next  string
		}
		h.read(http.StatusOK, http.MethodGet, "/messages?limit=200&cursor="+cursor, nil, &list)
		all = append(all, list.Items...)
		if cursor = list.Next; cursor == "" {
			return all
		}
	}
}

// message is the one of a name.
func (h *house) message(name string) message {
	h.t.Helper()
	for _, m := range h.messages() {
		if m.name() == name {
			return m
		}
	}
	h.t.Fatalf("no message is named %q", name)
	return message{}
}

// holds checks, once all is decided, that exactly the named messages are
// stored, each as often as it is named, and that the laws hold.
func (h *house) holds(names ...string) {
	h.t.Helper()
	more := map[string]int{}
	for _, m := range h.messages() {
		more[m.name()]++
	}
	for _, name := range names {
		more[name]--
	}
	maps.DeleteFunc(more, func(_ string, n int) bool { return n == 0 })
	if len(more) > 0 {
		h.t.Errorf("stored more often than written, or less: %v", more)
	}
	h.command(0, "verify")
}

// age makes the leases of killed programs run out at once.
func (h *house) age() {
	h.t.Helper()
	h.sql("update leases set until = now() - interval '1 second' where not released")
}

// sql does in the database what no program would.
func (h *house) sql(statement string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, h.database)
	must(h.t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	must(h.t, err)
}
