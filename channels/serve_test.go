package channels_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// hooks is a webhook of lines: each a message, "receipt", or what a test wants
// to happen.
type hooks struct{ host channels.Host }

var kind = channels.Kind{
	Name: "lines", Family: ingest.Hook,
	Webhook: func(s channels.Settings, h channels.Host) (channels.Webhook, error) {
		var none struct{}
		return hooks{h}, s(&none)
	},
	Door: func(_ channels.Settings, _ channels.Host, in channels.Intake) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := in.Receive(r.Context(), []ingest.Arrival{{Keys: []string{r.URL.Path}}}); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			}
		}), nil
	},
}

func (hooks) Verify(r channels.Request) error {
	switch r.Header.Get("Secret") {
	case "right":
		return nil
	case "unproven":
		return channels.ErrProbe
	case "other":
		return &channels.Refusal{Status: http.StatusForbidden, Err: errors.New("wrong secret")}
	}
	return errors.New("no secret")
}

func (h hooks) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	reply := channels.Reply{Type: "text/xml", Body: []byte("<ok/>")}
	if len(r.Raw) == 0 {
		return nil, reply, errors.New("the body ends before it begins")
	}
	var arrivals []ingest.Arrival
	for line := range strings.Lines(string(r.Raw)) {
		switch line = strings.TrimSpace(line); line {
		case "receipt":
			reply.Ignored++
		case "report":
			reply.Reports = append(reply.Reports, ingest.DeliveryReport{ID: "1", Status: ingest.Delivered})
		case "opt":
			reply.Opts = append(reply.Opts, ingest.Opting{Opt: ingest.OptOut})
		case "foreign":
			reply.Foreign++
		case "panic":
			panic(line)
		case "nonsense":
			return nil, channels.Reply{Status: 500}, errors.New("nonsense")
		default:
			arrivals = append(arrivals, ingest.Arrival{Message: ingest.Message{ReceivedAt: h.host.Now()}, Raw: []byte(line), Keys: []string{line}})
		}
	}
	return arrivals, reply, nil
}

func TestHook(t *testing.T) {
	for name, tt := range map[string]struct {
		path, secret, body string
		status             int
		received, dead     int
		ignored, foreign   int
	}{
		"messages":           {"/hooks/golden", "right", "a\nb\nreceipt\nreceipt\nforeign\n", 200, 2, 0, 2, 1},
		"nothing for us":     {"/hooks/golden", "right", "receipt", 200, 0, 0, 1, 0},
		"what tells of more": {"/hooks/golden", "right", "a\nreport\nreport\nopt\nreceipt", 200, 1, 0, 4, 0},
		"wrong signature":    {"/hooks/golden", "", "a", 401, 0, 0, 0, 0},
		"its own refusal":    {"/hooks/golden", "other", "a", 403, 0, 0, 0, 0},
		"an unproven probe":  {"/hooks/golden", "unproven", "a\nreceipt", 200, 0, 0, 0, 0},
		"unreadable":         {"/hooks/golden", "right", "a\nnonsense", 200, 0, 1, 0, 0},
		"a probe":            {"/hooks/golden", "right", "", 200, 0, 0, 1, 0},
		"a reader's panic":   {"/hooks/golden", "right", "a\npanic", 200, 0, 1, 0, 0},
		"unknown channel":    {"/hooks/silver", "right", "a", 404, 0, 0, 0, 0},
		"below a hook":       {"/hooks/golden/x", "right", "a", 404, 0, 0, 0, 0},
		"a door":             {"/lines/golden/deep/x", "", "", 200, 1, 0, 0, 0},
		"another kind":       {"/chat/golden/messages", "right", "a", 404, 0, 0, 0, 0},
		"no channel":         {"/hooks", "right", "a", 404, 0, 0, 0, 0},
		"nothing in the way": {"/", "right", "a", 404, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := channeltest.NewDesk(t, kind, "{}")
			r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Secret", tt.secret)
			w := d.Do(r)
			received, dead := 0, 0
			for _, m := range d.Store.Messages() {
				if m.State == ingest.Dead {
					dead++
					if string(m.Arrival.Raw) != tt.body || m.Arrival.Problem != ingest.ReasonUnreadable || m.Arrival.Note == "" {
						t.Errorf("dead %+v", m.Arrival)
					}
				} else {
					received++
				}
			}
			if w.Code != tt.status || received != tt.received || dead != tt.dead || d.Ignored != tt.ignored || d.Foreign != tt.foreign {
				t.Errorf("%d, received %d, dead %d, ignored %d, foreign %d", w.Code, received, dead, d.Ignored, d.Foreign)
			}
			if refused := w.Code == 401 || w.Code == 403; refused != (len(d.Refused) == 1) {
				t.Errorf("refusals %v", d.Refused)
			}
		})
	}
}

// What a provider told besides messages and could not be stored is asked for
// again; a mere count is not worth it.
func TestHookAsksAgainForWhatTellsSomething(t *testing.T) {
	for body, status := range map[string]int{"receipt": 200, "foreign": 200, "report": 503, "opt": 503, "a": 200} {
		d := channeltest.NewDesk(t, kind, "{}")
		d.Handler.(*channels.Server).Count = func(context.Context, string, ingest.Besides) error { return errors.New("away") }
		r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader(body))
		r.Header.Set("Secret", "right")
		if w := d.Do(r); w.Code != status {
			t.Errorf("%s is answered %d, want %d", body, w.Code, status)
		}
	}
}

func TestHookRepliesAsTheProviderWants(t *testing.T) {
	d := channeltest.NewDesk(t, kind, "{}")
	r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader("a"))
	r.Header.Set("Secret", "right")
	if w := d.Do(r); w.Body.String() != "<ok/>" || w.Header().Get("Content-Type") != "text/xml" {
		t.Errorf("%s, %v", w.Body, w.Header())
	}
}

func server(endpoints ...*channels.Endpoint) *channels.Server {
	s := &channels.Server{Log: slog.New(slog.DiscardHandler)}
	s.Serve(endpoints...)
	return s
}

func TestServerPausedAndRetired(t *testing.T) {
	in := channeltest.NewIntake(channeltest.NewStore(), channeltest.Channel, kind.Family)
	e, err := channels.NewEndpoint(kind, channeltest.Settings([]byte("{}")), channeltest.Host(), in, func() bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	s := server(e, channels.RetiredEndpoint(kind, "old"))
	for path, want := range map[string]int{
		"/hooks/golden": 503, "/lines/golden/x": 503, "/hooks/old": 410, "/lines/old/x": 410, "/hooks/new": 404,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader("a")))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if n := len(in.Store.Messages()); n != 0 {
		t.Errorf("%d messages of a paused channel", n)
	}
	s.Serve()
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/hooks/golden", nil)); w.Code != 404 {
		t.Errorf("a channel that is gone: %d", w.Code)
	}
}

func TestEndpointNeedsAWayIn(t *testing.T) {
	if _, err := channels.NewEndpoint(channels.Kind{Name: "mute"}, nil, channeltest.Host(), nil, nil); err == nil {
		t.Error("an endpoint of a poller's kind")
	}
	if _, err := channels.NewEndpoint(kind, channeltest.Settings([]byte("colour: red")), channeltest.Host(), nil, nil); err == nil {
		t.Error("an unknown setting")
	}
}

// pipe is a listener whose connections are in memory, so that deadlines run by
// a test's own clock.
type pipe struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipe) Close() error   { close(p.done); return nil }
func (p *pipe) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func TestSlowBodyIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := channeltest.NewIntake(channeltest.NewStore(), channeltest.Channel, kind.Family)
		dial := serveInMemory(t, in)
		began := time.Now()
		c := dial()
		c.begin(t, fmt.Sprint(1<<20), strings.Repeat("a", 1<<19))
		if code := c.status(t); code != http.StatusBadRequest || time.Since(began) != channels.BodyTimeout {
			t.Errorf("%d after %v", code, time.Since(began))
		}
		if err := in.Share().Grow(t.Context(), 1<<62); err != nil {
			t.Error("memory was not given back", err)
		}
	})
}

func TestReceptionStands(t *testing.T) {
	s := channeltest.NewStore()
	r := &channels.Reception{
		Group: channels.NewGroup(s, nil), Budget: channels.NewBudget(10),
		StandingOf: func(_ context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
			return ingest.Standing{Widget: channel + ids[0].Key() + ip}, nil
		},
	}
	var in channels.Intake = r
	if got, err := in.Standing(t.Context(), "c", []ingest.Identity{{Kind: "visitor", Value: "v"}}, "192.0.2.1"); err != nil || got.Widget != "cvisitor:v192.0.2.1" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := in.Receive(t.Context(), post("a")); err != nil || len(s.Messages()) != 1 {
		t.Error(err)
	}
}

func TestSecrets(t *testing.T) {
	for text, want := range map[string]int{
		"secret: a": 1, "secret: [a, b]": 2, "{}": 0, `secret: ""`: -1, `secret: [a, ""]`: -1, "secret: {a: b}": -1,
	} {
		var s struct {
			Secret channels.Secrets `yaml:"secret"`
		}
		if err := channeltest.Settings([]byte(text))(&s); (err != nil) != (want < 0) || err == nil && len(s.Secret) != want {
			t.Errorf("%s: %q, %v", text, s.Secret, err)
		}
	}
}

// A provider that waits two seconds hears after less that it must send again,
// with the status that it wants for that.
func TestTheProviderHearsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, hold := channeltest.NewStore(), make(chan struct{})
		store.Before(func(ingest.Batch) { <-hold })
		hurried := kind
		hurried.Facts = channels.Facts{Limit: 2 * time.Second, Again: http.StatusTooManyRequests, Refused: http.StatusNotAcceptable}
		in := channeltest.NewIntake(store, "lines", ingest.Hook)
		e, err := channels.NewEndpoint(hurried, channeltest.Settings([]byte("{}")), channels.Host{Channel: "lines", Now: time.Now}, in, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := server(e)
		w, began := httptest.NewRecorder(), time.Now()
		r := httptest.NewRequest(http.MethodPost, "/hooks/lines", strings.NewReader("hello"))
		r.Header.Set("Secret", "right")
		s.ServeHTTP(w, r)
		if took := time.Since(began); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || took >= 2*time.Second {
			t.Errorf("answered %d after %v, Retry-After %q", w.Code, took, w.Header().Get("Retry-After"))
		}
		close(hold)
		in.Wait()
		w = httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/hooks/lines", strings.NewReader("hello")))
		if w.Code != http.StatusNotAcceptable {
			t.Errorf("without a signature: %d", w.Code)
		}
	})
}
