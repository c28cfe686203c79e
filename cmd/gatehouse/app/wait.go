package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// Await waits for the next real message of a channel and returns those that
// came with it. Nothing is stored, at its source all stays as it is, and a
// provider is told to send it again. The store is asked how far a poller has
// come; ready is told what is waited for. The error is that of ctx if it ends
// first.
func Await(ctx context.Context, c config.Config, ch config.Channel, s *postgres.Store, log *slog.Logger, ready func(says string)) ([]ingest.Arrival, error) {
	kind, err := kindOf(ch)
	if err != nil {
		return nil, err
	}
	host := hostOf(c, ch, ch.Name)
	host.Log, host.Grants = log, grants(c, s)
	var arrivals []ingest.Arrival
	switch {
	case kind.Webhook != nil || kind.Door != nil:
		arrivals, err = awaitPush(ctx, c, kind, ch, host, ready)
	case kind.Listener != nil:
		arrivals, err = awaitDelivery(ctx, c, kind, ch, host, ready)
	default:
		arrivals, err = awaitPoll(ctx, kind, ch, host, s, ready)
	}
	family := kind.For(ch.Decode).Family
	for i := range arrivals {
		arrivals[i].Message.Channel, arrivals[i].Message.Family = ch.Name, family
	}
	return arrivals, err
}

// awaitPoll looks at what lies beyond the places that the store has.
func awaitPoll(ctx context.Context, kind channels.Kind, ch config.Channel, host channels.Host, s *postgres.Store, ready func(string)) ([]ingest.Arrival, error) {
	poller, err := kind.Poller(ch.Decode, host)
	if err != nil {
		return nil, fault(ch, err)
	}
	places, since, err := s.Places(ctx, append([]string{ch.Name}, ch.Was...))
	if err != nil {
		return nil, err
	}
	if since.IsZero() {
		since = host.Now()
	}
	return channels.Look(ctx, poller, places, since, func() { ready("for a message that it would take next") })
}

// awaitPush listens in the program's place.
func awaitPush(ctx context.Context, c config.Config, kind channels.Kind, ch config.Channel, host channels.Host, ready func(string)) ([]ingest.Arrival, error) {
	catch := channels.NewCatch(c.RawBudget)
	e, err := channels.NewEndpoint(kind, ch.Decode, host, catch, nil)
	if err != nil {
		return nil, fault(ch, err)
	}
	hooks := &channels.Server{Log: slog.New(slog.DiscardHandler), Refused: func(_ string, r *http.Request, err error) {
		host.Log.Warn("a request was refused", "from", host.ClientIP(r), "cause", err)
	}}
	hooks.Serve(e)
	l, err := net.Listen("tcp", c.HTTP.Listen)
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("http.listen: %w: stop serve for the time of this check, or listen elsewhere with GATEHOUSE_HTTP_LISTEN", err))
	}
	server := &http.Server{Handler: only(kind, ch.Name, hooks), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	ready(fmt.Sprintf("on http://%s for a request to %s", l.Addr(), host.PublicURL))
	var arrivals []ingest.Arrival
	select {
	case arrivals = <-catch.Caught():
	case <-ctx.Done():
		err = ctx.Err()
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	if server.Shutdown(drain) != nil { // the answer to the request goes out first
		_ = server.Close()
	}
	if served := <-ended; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = fmt.Errorf("serve: %w", served)
	}
	return arrivals, err
}

// only answers for one channel; the other ones' callers are to come again when
// the program is back.
func only(kind channels.Kind, channel string, hooks http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		root, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		name, _, _ := strings.Cut(rest, "/")
		if name == channel && (root == "hooks" || root == kind.Name) {
			hooks.ServeHTTP(w, r)
			return
		}
		channels.TryAgain(w, time.Minute, "only channel "+channel+" is listened for now, try again")
	})
}
