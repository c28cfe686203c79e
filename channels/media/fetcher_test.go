package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/media"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a store of one file: the raw message is its URL.
type shelf struct {
	mu     sync.Mutex
	due    []ingest.FileTask
	url    string
	chunks [][]byte
	file   ingest.File
	code   string
	again  *time.Time
	ends   int
	write  error // what the next write says
	buts   [][]string
}

func (s *shelf) FilesDue(context.Context, int) (int, error) { return len(s.due), nil }

func (s *shelf) ClaimFile(_ context.Context, _ time.Duration, but []string) (ingest.FileTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buts = append(s.buts, but)
	if len(s.due) == 0 {
		return ingest.FileTask{}, ingest.ErrNotFound
	}
	task := s.due[0]
	s.due = s.due[1:]
	return task, nil
}

func (s *shelf) EachRaw(_ context.Context, ids []ingest.ID, each func(ingest.ID, []byte)) error {
	if s.url != "" {
		each(ids[0], []byte(s.url))
	}
	return nil
}

func (s *shelf) WriteFile(_ context.Context, _ ingest.FileTask, n int, data []byte) error {
	if n != len(s.chunks) {
		return errors.New("out of order")
	}
	s.chunks = append(s.chunks, bytes.Clone(data))
	return s.write
}

func (s *shelf) FinishFile(_ context.Context, _ ingest.FileTask, f ingest.File) error {
	s.file = f
	s.ends++
	return nil
}

func (s *shelf) FailFile(ctx context.Context, _ ingest.FileTask, code string, again *time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code, s.again = code, again
	s.ends++
	return ctx.Err()
}

func sourceOf(m channels.Media) func(string) (media.Source, bool) {
	return func(channel string) (media.Source, bool) {
		return media.Source{Media: m, File: func(raw []byte, _ int) (channels.File, error) {
			switch string(raw) {
			case "torn":
				return channels.File{}, errors.New("no form")
			case "panic":
				panic("a reader's")
			case "inside":
				return channels.File{Bytes: []byte("inside")}, nil
			}
			return channels.File{URL: string(raw)}, nil
		}}, channel != "gone"
	}
}

// fetcher works on a shelf, with the loopback's first address allowed.
func fetcher(t *testing.T, s *shelf) (*media.Fetcher, map[string]int) {
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Stall: 200 * time.Millisecond})
	t.Cleanup(client.Close)
	counted := map[string]int{}
	return &media.Fetcher{
		Store: s, Client: client, Source: sourceOf(channels.MediaAt{}),
		Banned: func(context.Context, ingest.FileTask, []byte) (bool, error) { return false, nil },
		Settings: func() ingest.Settings {
			d := ingest.DefaultSettings()
			d.MediaMaxBytes, d.MediaRefusedTypes = 1<<20, "text/html, video/*"
			return d
		},
		Hold:  func(context.Context, int64) (func(), error) { return func() {}, nil },
		Count: func(_, what string) { s.mu.Lock(); defer s.mu.Unlock(); counted[what]++ },
		Now:   func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}, counted
}

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// provider answers by its path.
func provider(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch _, what, _ := strings.Cut(r.URL.Path[1:], "/"); r.URL.Path {
		case "/file":
			w.Header().Set("Content-Type", "Image/PNG; x=y")
			_, _ = w.Write(bytes.Repeat([]byte("0123456789"), 60_000))
		case "/empty":
		case "/large":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 1<<20+1))
		case "/html":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "sign in")
		case "/slow":
			<-r.Context().Done()
		case "/busy":
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/401", "/404", "/500":
			w.WriteHeader(map[string]int{"/401": 401, "/404": 404, "/500": 500}[r.URL.Path])
		default:
			http.Redirect(w, r, "http://"+what, http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestWhatBecomesOfATry(t *testing.T) {
	base := provider(t)
	soon, later := now.Add(30*time.Second), now.Add(time.Hour)
	for _, c := range []struct {
		url   string
		code  string
		again *time.Time
	}{
		{"/401", "denied", &soon},
		{"/404", "not_found", nil},
		{"/500", "server", &soon},
		{"/busy", "busy", &later},
		{"/slow", "timeout", &soon},
		{"/large", "too_large", nil},
		{"/html", "type", nil},
		{"/to/127.0.0.2:80/", "address", nil},
		{"/to/169.254.169.254/latest", "address", nil},
		{"/to/[::ffff:127.0.0.2]:80/", "address", nil},
		{"http://127.0.0.1:1/", "network", &soon},
		{"ftp://127.0.0.1/", "address", nil},
		{"torn", "unreadable", nil},
		{"panic", "unreadable", nil},
	} {
		s := &shelf{due: []ingest.FileTask{{Try: 1, Channel: "sms"}}, url: c.url}
		if strings.HasPrefix(c.url, "/") {
			s.url = base + c.url
		}
		f, counted := fetcher(t, s)
		if worked, err := f.FetchFile(t.Context()); !worked || err != nil {
			t.Errorf("%s: %v, %v", c.url, worked, err)
		}
		if s.code != c.code || (s.again == nil) != (c.again == nil) || c.again != nil && !s.again.Equal(*c.again) || s.ends != 1 {
			t.Errorf("%s: %q, again %v; want %q, %v", c.url, s.code, s.again, c.code, c.again)
		}
		if want := map[bool]string{true: "failed", false: "again"}[c.again == nil]; counted[want] != 1 {
			t.Errorf("%s: counted %v", c.url, counted)
		}
	}
}

func TestFilesAreStoredInChunks(t *testing.T) {
	base := provider(t)
	for url, want := range map[string][]byte{base + "/file": bytes.Repeat([]byte("0123456789"), 60_000), base + "/empty": {}, "inside": []byte("inside")} {
		s := &shelf{due: []ingest.FileTask{{Try: 1}}, url: url}
		f, counted := fetcher(t, s)
		if worked, err := f.FetchFile(t.Context()); !worked || err != nil {
			t.Errorf("%v, %v", worked, err)
		}
		sum := sha256.Sum256(want)
		if got := bytes.Join(s.chunks, nil); !bytes.Equal(got, want) || s.file.Size != int64(len(want)) || s.file.SHA256 != hex.EncodeToString(sum[:]) || counted["stored"] != 1 {
			t.Errorf("%s: %d octets in %d chunks, %+v, %v", url, len(got), len(s.chunks), s.file, counted)
		}
		if strings.HasSuffix(url, "/file") && (s.file.ContentType != "image/png" || len(s.chunks) != 3) {
			t.Errorf("%+v in %d chunks", s.file, len(s.chunks))
		}
		if worked, err := f.FetchFile(t.Context()); worked || err != nil {
			t.Errorf("a second one: %v, %v", worked, err)
		}
	}
}

// What goes wrong on our side: the file is given back, or left to its lease.
func TestTroubleOfOurOwn(t *testing.T) {
	base := provider(t)
	try := func(change func(*shelf, *media.Fetcher), ctx context.Context) (*shelf, error) {
		s := &shelf{due: []ingest.FileTask{{Try: 1, Channel: "sms"}}, url: base + "/file"}
		f, _ := fetcher(t, s)
		change(s, f)
		_, err := f.FetchFile(ctx)
		return s, err
	}
	away := errors.New("the database is away")
	if s, err := try(func(s *shelf, _ *media.Fetcher) { s.write = away }, t.Context()); !errors.Is(err, away) || s.ends != 0 {
		t.Errorf("the store is away: %v, %+v", err, s.code)
	}
	if s, err := try(func(s *shelf, _ *media.Fetcher) { s.write = ingest.ErrFenced }, t.Context()); err != nil || s.ends != 0 {
		t.Errorf("the message is gone: %v, %+v", err, s.code)
	}
	if s, err := try(func(s *shelf, _ *media.Fetcher) { s.url = "" }, t.Context()); err != nil || s.ends != 0 {
		t.Errorf("its bytes are gone: %v, %+v", err, s.code)
	}
	banned := func(_ *shelf, f *media.Fetcher) {
		f.Banned = func(context.Context, ingest.FileTask, []byte) (bool, error) { return true, nil }
	}
	if s, err := try(banned, t.Context()); err != nil || s.code != "banned" || s.again == nil || s.chunks != nil {
		t.Errorf("banned: %v, %+v", err, s.code)
	}
	if s, err := try(func(s *shelf, _ *media.Fetcher) { s.due[0].Channel = "gone" }, t.Context()); err != nil || s.code != "no_channel" || s.again == nil {
		t.Errorf("no channel: %v, %+v", err, s.code)
	}
	ended, cancel := context.WithCancel(t.Context())
	stopping := func(s *shelf, f *media.Fetcher) {
		s.url = base + "/slow"
		f.Hold = func(context.Context, int64) (func(), error) { cancel(); return func() {}, nil }
	}
	if s, err := try(stopping, ended); err != nil || s.code != "interrupted" || s.again == nil || !s.again.Equal(now) {
		t.Errorf("the program stops: %v, %+v", err, s.code)
	}
}

// A slow provider leaves room for the others'.
func TestOneChannelDoesNotTakeAllWorkers(t *testing.T) {
	s := &shelf{url: provider(t) + "/file"}
	for range 4 {
		s.due = append(s.due, ingest.FileTask{Try: 1, Channel: "slow"})
	}
	f, _ := fetcher(t, s)
	open, inside := make(chan struct{}), make(chan struct{}, 4)
	f.Banned = func(context.Context, ingest.FileTask, []byte) (bool, error) {
		inside <- struct{}{}
		<-open
		return true, nil
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _, _ = f.FetchFile(t.Context()) })
	}
	for range 4 {
		<-inside
	}
	_, _ = f.FetchFile(t.Context())
	if but := s.buts[4]; len(but) != 1 || but[0] != "slow" {
		t.Errorf("passed over: %q", but)
	}
	close(open)
	all.Wait()
	_, _ = f.FetchFile(t.Context())
	if but := s.buts[5]; but != nil {
		t.Errorf("passed over in the end: %q", but)
	}
}
