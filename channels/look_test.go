package channels_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// shelf is a poller of messages that lie in order, of which more come while
// somebody waits.
type shelf struct {
	lies, comes []string
	fails       error
	only        bool
	closed      int
	from        string
}

func (s *shelf) LookOnly() { s.only = true }

func (s *shelf) Poll(ctx context.Context, in channels.Session) error {
	at, err := in.Cursor(ctx, "shelf")
	if err != nil || s.fails != nil {
		return errors.Join(err, s.fails)
	}
	s.from = at
	if len(s.lies) == 0 {
		_, err := in.Receive(ctx, ingest.Batch{Move: &ingest.Move{Mailbox: "shelf", From: at, To: at + "."}})
		return err
	}
	var arrivals []ingest.Arrival
	for _, key := range s.lies {
		arrivals = append(arrivals, ingest.Arrival{Keys: []string{key}})
	}
	_, err = in.Receive(ctx, ingest.Batch{Arrivals: arrivals, Move: &ingest.Move{Mailbox: "shelf", From: at, To: "end"}})
	return err
}

func (s *shelf) Wait(ctx context.Context) error {
	if s.comes == nil {
		<-ctx.Done()
	}
	s.lies, s.comes = s.comes, nil
	return nil
}

func (s *shelf) Close() error { s.closed++; return nil }

func TestLook(t *testing.T) {
	away := ingest.AsTemporary(errors.New("away"))
	for name, c := range map[string]struct {
		shelf shelf
		key   string
		from  string
		ready int
		err   error
	}{
		"lies there":  {shelf{lies: []string{"a", "b"}}, "a", "7", 0, nil},
		"comes":       {shelf{comes: []string{"c"}}, "c", "7.", 1, nil},
		"never comes": {shelf{}, "", "7", 1, context.DeadlineExceeded},
		"fails":       {shelf{fails: away}, "", "", 0, away},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if c.err == context.DeadlineExceeded {
				ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
			}
			defer cancel()
			ready := 0
			arrivals, err := channels.Look(ctx, &c.shelf, map[string]string{"shelf": "7"}, time.Now(), func() { ready++ })
			key := ""
			if len(arrivals) > 0 {
				key = arrivals[0].Keys[0]
			}
			if key != c.key || !errors.Is(err, c.err) || ready != c.ready || c.shelf.from != c.from {
				t.Errorf("%q, %v, from %q, ready %d", key, err, c.shelf.from, ready)
			}
			if !c.shelf.only || c.shelf.closed != 1 {
				t.Errorf("look only %v, closed %d times", c.shelf.only, c.shelf.closed)
			}
		})
	}
}

// Whoever pushes into a Catch is told to come again, and the first messages are
// there to be looked at.
func TestCatch(t *testing.T) {
	catch := channels.NewCatch(1 << 20)
	host := channels.Host{Channel: "golden", Now: time.Now}
	e, err := channels.NewEndpoint(kind, func(any) error { return nil }, host, catch, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &channels.Server{Log: slog.New(slog.DiscardHandler)}
	s.Serve(e, e.At("silver"))
	for _, path := range []string{"/hooks/golden", "/hooks/silver"} {
		for _, body := range []string{"receipt", "a\nb", "c"} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Secret", "right")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: %q is answered %d", path, body, w.Code)
			}
		}
	}
	if got := <-catch.Caught(); len(got) != 2 || got[0].Keys[0] != "a" || got[0].Message.Channel != "golden" {
		t.Errorf("%+v", got)
	}
	arrivals, reply := e.Read(channels.Request{Raw: []byte("a\nreceipt\nforeign\nb")})
	if len(arrivals) != 2 || reply.Ignored != 1 || reply.Foreign != 1 || arrivals[1].Message.Channel != "golden" {
		t.Errorf("%+v, %+v", arrivals, reply)
	}
}
