package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"gatehouse/channels/all"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/console"
)

// drainFor is how long requests under way may take at the end.
const drainFor = 10 * time.Second

// Run works until ctx ends and returns when everything has stopped: first the
// listeners and the pollers, so that nothing new comes, then the commits under
// way, then the workers. ready, if not nil, is told the listener's address.
func (a *App) Run(ctx context.Context, ready func(addr string)) error {
	var listener net.Listener
	if a.roles.Web {
		l, err := net.Listen("tcp", a.Config.HTTP.Listen)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		listener = l
	}
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	ctx, stopInward := context.WithCancel(ctx) // also when the listener fails
	defer stopInward()
	var inward, work sync.WaitGroup
	inward.Go(func() { a.refresh(ctx) })
	inward.Go(func() { a.reloadWhenTold(ctx) })
	if a.roles.Poll {
		inward.Go(func() { a.pollers.run(ctx) })
	}
	if a.roles.Web {
		inward.Go(func() { a.listeners.run(ctx) })
	}
	inward.Go(func() { a.watch().Run(ctx) })
	if a.roles.Web { // as long as requests are answered
		work.Go(func() {
			a.notes.Run(working, a.Store, func(err error) { a.Log.Warn("requests not noted", "error", err) })
		})
	}
	work.Go(func() {
		if err := a.queue.Run(working, a.roles.Work); err != nil {
			a.Log.Error("queue ended", "error", err)
		}
	})
	var served error
	if listener != nil {
		if ready != nil {
			ready(listener.Addr().String())
		}
		served = a.serve(ctx, listener)
	} else {
		<-ctx.Done()
	}
	stopInward()
	inward.Wait()
	a.group.Wait()
	stopWork()
	work.Wait()
	return served
}

// serve answers HTTP until ctx ends, then lets the requests under way finish.
func (a *App) serve(ctx context.Context, l net.Listener) error {
	requests, endRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer endRequests()
	server := &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	go func() { // streams never end by themselves
		select {
		case <-time.After(time.Second):
			endRequests()
		case <-requests.Done():
		}
	}()
	if err := server.Shutdown(drain); err != nil {
		_ = server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// handler is everything that the one listener answers.
func (a *App) handler() http.Handler {
	mux := http.NewServeMux()
	api := httpapi.New(httpapi.Options{
		Store: a.desk(), Judge: a.Judge, Reread: a.readAgain, Reload: a.Reload, Setup: a.setup, Attachment: attachment, Hold: a.budget.Hold, Wake: a.wake,
		Own: a.owned, Replies: a.Judge.Replies, Region: a.Config.Region(), Sources: sources(), Listers: listers(), Consents: a.asking(), Follow: a.queue.Follow,
		Show:      mime.SafeHTML,
		SignIn:    a.signing,
		Endpoints: a.endpoints(),
		Fresh:     freshFor,
		Location:  a.Config.Location(), Log: a.Log, Version: a.version,
	})
	mux.Handle(httpapi.Prefix+"/", api)
	mux.Handle("GET /healthz", api)
	mux.Handle("GET /readyz", api)
	mux.Handle("GET /metrics", a.counters.handler())
	mux.Handle("/hooks/", a.hooks)
	if a.consents.Pages != nil {
		mux.Handle(oauth.Root, a.consents.Handler())
	}
	for _, k := range all.Kinds {
		if k.Door != nil {
			mux.Handle("/"+k.Name+"/", a.hooks)
		}
	}
	mux.Handle("/", console.New(console.Options{API: api, PublicURL: a.Config.PublicURL(), Location: a.Config.Location(), Log: a.Log}))
	return mux
}

// wake hints at whatever waits.
func (a *App) wake(ctx context.Context) {
	if lanes, err := a.Store.Waiting(ctx); err == nil {
		a.queue.Hint(lanes)
	}
}

var errCannot = errors.New("this kind of channel cannot")

func attachment(kind string, raw []byte, index int) ([]byte, error) {
	k, ok := all.Find(kind)
	if !ok || k.Attachment == nil {
		return nil, fmt.Errorf("attachment: %w", errCannot)
	}
	return k.Attachment(raw, index)
}
