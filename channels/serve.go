package channels

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"gatehouse/ingest"
)

// Endpoint is a channel that is pushed to: a webhook, a door, or both.
type Endpoint struct {
	channel string
	name    string // in the path
	kind    Kind
	webhook Webhook
	door    http.Handler
	intake  Intake
	host    Host
	paused  func() bool
	retired bool
}

// NewEndpoint opens a channel of a kind that has a Webhook or a Door. paused
// may be nil.
func NewEndpoint(k Kind, s Settings, h Host, in Intake, paused func() bool) (*Endpoint, error) {
	if paused == nil {
		paused = func() bool { return false }
	}
	k = k.For(s)
	e := &Endpoint{channel: h.Channel, name: h.Channel, kind: k, host: h, paused: paused}
	e.intake = gate{Intake: in, channel: h.Channel, family: k.Family, paused: paused}
	var err error
	if k.Webhook != nil {
		if e.webhook, err = k.Webhook(s, h); err != nil {
			return nil, fmt.Errorf("channel %s: %w", h.Channel, err)
		}
	}
	if k.Door != nil {
		if e.door, err = k.Door(s, h, e.intake); err != nil {
			return nil, fmt.Errorf("channel %s: %w", h.Channel, err)
		}
	}
	if e.webhook == nil && e.door == nil {
		return nil, fmt.Errorf("channel %s: kind %s has no way to be pushed to", h.Channel, k.Name)
	}
	return e, nil
}

// At is the endpoint as it answers at another name, for one that the channel
// had before.
func (e *Endpoint) At(name string) *Endpoint {
	other := *e
	other.name = name
	return &other
}

// RetiredEndpoint answers 410 for a channel that is no longer in use.
func RetiredEndpoint(k Kind, channel string) *Endpoint {
	return &Endpoint{channel: channel, name: channel, kind: k, retired: true}
}

// Server answers at /hooks/{channel} and at /{kind}/{channel}/… for the doors.
type Server struct {
	Log *slog.Logger
	// Count stores what a provider sent that is no message. nil: nobody counts.
	Count func(ctx context.Context, channel string, b ingest.Besides) error
	// Refused is told of each request whose signature was wrong. nil: nobody is.
	Refused func(channel string, r *http.Request, err error)

	// Notes keeps what operators ask of the requests. nil: nobody does.
	Notes *Notebook

	endpoints atomic.Pointer[map[string]*Endpoint]
}

// Serve replaces the channels, all at once. Requests under way end with those
// they began with.
func (s *Server) Serve(endpoints ...*Endpoint) {
	byName := make(map[string]*Endpoint, len(endpoints))
	for _, e := range endpoints {
		byName[e.name] = e
	}
	s.endpoints.Store(&byName)
}

// ServeHTTP finds the channel that the path names.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	root, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name, rest, deeper := strings.Cut(rest, "/")
	e := s.find(name)
	switch {
	case e == nil || root != "hooks" && root != e.kind.Name:
		http.NotFound(w, r)
	case e.retired:
		http.Error(w, "this channel is retired", http.StatusGone)
	case root == "hooks" && e.webhook != nil && !deeper:
		s.hook(w, r, e)
	case root != "hooks" && e.door != nil:
		e.door.ServeHTTP(w, below(r, "/"+rest))
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) find(name string) *Endpoint {
	if known := s.endpoints.Load(); known != nil {
		return (*known)[name]
	}
	return nil
}

// below is r as the door sees it.
func below(r *http.Request, path string) *http.Request {
	r2, u := *r, *r.URL
	u.Path, u.RawPath = path, ""
	r2.URL = &u
	return &r2
}

// TryAgain tells a caller that this is our fault and will pass.
func TryAgain(w http.ResponseWriter, after time.Duration, says string) {
	tryAgain(w, http.StatusServiceUnavailable, after, says)
}

func tryAgain(w http.ResponseWriter, status int, after time.Duration, says string) {
	w.Header().Set("Retry-After", fmt.Sprint(max(1, int(after.Seconds()))))
	http.Error(w, says, status)
}

const (
	retryPaused = time.Minute
	retryStore  = 5 * time.Second
)

// isFault reports whether the reading of a body failed by our fault.
func isFault(err error) bool { return ingest.Temporary(err) || errors.Is(err, context.Canceled) }
