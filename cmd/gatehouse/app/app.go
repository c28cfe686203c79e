// Package app is the running program: it joins the store, the rules in memory,
// the queue, the channels and the API, and runs them together. What is joined
// here meets nowhere else.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/media"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/safehttp"
	"gatehouse/migrations"
	"gatehouse/pipeline"
	"gatehouse/queue"
	"gatehouse/queue/outbound"
)

// Roles are the parts of the work that a process takes on.
type Roles struct{ Web, Poll, Work bool }

// AllRoles is what one process does alone.
var AllRoles = Roles{Web: true, Poll: true, Work: true}

// settleLimit is how many messages one settle decides at most.
const settleLimit = 200

// App is one process of Gatehouse.
type App struct {
	Config config.Config // as it was at the start; a reload changes the channels alone
	Store  *postgres.Store
	Judge  *pipeline.Judge
	Log    *slog.Logger

	version         string
	roles           Roles
	queue           *queue.Queue
	budget          *channels.Budget // of what is polled
	gates           *channels.Gates  // to each mail server
	pushed          *channels.Budget // of what is pushed: neither makes the other wait
	group           *channels.Group
	hooks           *channels.Server
	notes           *channels.Notebook // of the requests to hooks
	pollers         pollers
	listeners       pollers
	paused          pauses
	refetches       refetches
	reconciliations reconciliations
	backfills       backfills
	counters        *counters
	outside         *safehttp.Client // asks where strangers say
	poster          *safehttp.Client // posts to endpoints
	sender          *outbound.Sender
	sources         atomic.Pointer[map[string]media.Source]
	reread          atomic.Pointer[Reader]
	own             atomic.Pointer[ingest.Own]
	gone            atomic.Pointer[[]string] // the retired channels, as below
	watched         atomic.Pointer[map[string]channels.Watched]

	// Owners of mailboxes are asked by the channels as they are now.
	current  atomic.Pointer[config.Config]
	consents consents
	signing  httpapi.SignIn

	load      func() (config.Config, error)
	signals   <-chan os.Signal
	reloading sync.Mutex        // held while the two below are asked or changed
	joined    map[string]joined // the channels by name
	retired   []string
}

// Options are what Open needs besides the configuration.
type Options struct {
	Roles   Roles
	Log     *slog.Logger
	Version string
	// Load reads the configuration again, for a reload; nil: there is none.
	Load func() (config.Config, error)
	// Signals ask for a reload; may be nil.
	Signals <-chan os.Signal
}

// Open migrates the database, makes the channels known and joins everything.
// It starts nothing yet; Close lets go of what it opened.
func Open(ctx context.Context, c config.Config, o Options) (*App, error) {
	if _, err := migrations.Up(ctx, c.DatabaseURL); err != nil {
		return nil, ingest.AsTemporary(err)
	}
	ring, err := c.SealKey.Ring()
	if err != nil {
		return nil, err
	}
	judge := &pipeline.Judge{Replies: ingest.ReplySecrets(c.ReplySecret)}
	var a *App // joins once it is here: nothing runs before
	join := func(kind string, set ingest.PartSet) ingest.Arrival { return a.joinParts(kind, set) }
	store, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{Refuser: judge, Seal: ring, Joiner: join})
	if err != nil {
		return nil, err
	}
	a = &App{Config: c, Store: store, Judge: judge, Log: o.Log, version: o.Version, roles: o.Roles,
		budget: channels.NewBudget(c.RawBudget - c.RawBudget/2), pushed: channels.NewBudget(c.RawBudget / 2),
		gates: channels.NewGates(), notes: &channels.Notebook{Now: time.Now}, outside: safehttp.New(mayAsk(c.Media)), poster: safehttp.New(mayPost(c.Endpoints)),
		load: o.Load, signals: o.Signals}
	if err := a.join(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// Close lets go of the queue and the store.
func (a *App) Close() {
	if a.queue != nil {
		if err := a.queue.Close(); err != nil {
			a.Log.Debug("close redis", "error", err)
		}
	}
	a.outside.Close()
	a.poster.Close()
	a.Store.Close()
}

func (a *App) join(ctx context.Context) (err error) {
	a.counters = newCounters(a)
	a.sender = outbound.New(a.Store, a.poster, time.Now, a.Log, a.counters.posted)
	a.queue, err = queue.Open(queue.Options{
		RedisURL: a.Config.RedisURL, Name: a.Config.Queue, Workers: a.Config.Workers, Store: a.Store, Log: a.Log,
		Settle: func(ctx context.Context, lane int) (ingest.Settled, error) {
			return a.Store.Settle(ctx, lane, settleLimit, a.Judge)
		},
		Search: func(ctx context.Context, n int) (int, error) {
			return a.Store.SearchHeld(ctx, n, rawReader{a, a.budget})
		},
		Dossiers: func(ctx context.Context) (bool, error) {
			return a.Store.MakeDossiers(ctx, rawReader{a, a.budget})
		},
		Alert:    func(ctx context.Context) error { return a.Store.Alert(ctx, a.disk()) },
		Settings: func() ingest.Settings { return a.Judge.Book().Settings() },
		Settled:  a.counters.settled,
		Files:    a.fetcher(),
		Outbound: posting{a.Store, a.sender},
	})
	if err != nil {
		return err
	}
	if err := a.Store.BeginSettings(ctx, a.Config.Settings); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if err := a.Store.Hear(ctx, a.Judge); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	if err := a.paused.refresh(ctx, a.Store); err != nil { // before anything runs
		return fmt.Errorf("paused channels: %w", err)
	}
	a.reseal(ctx)
	if err := a.openConsents(); err != nil {
		return err
	}
	if a.signing, err = a.signIn(); err != nil {
		return err
	}
	a.group = channels.NewGroup(a.Store, a.queue.Hint)
	a.hooks = &channels.Server{Log: a.Log, Count: a.Store.Count, Refused: a.counters.refused, Notes: a.notes}
	_, err = a.apply(ctx, a.Config, "start")
	return err
}

// holder names this process in leases.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// refreshEvery is how long a process without settles lives with old rules.
const refreshEvery = 500 * time.Millisecond

// freshFor is how old the rules in memory may be when a standing is asked for:
// as long as they are refreshed, the database is not asked.
const freshFor = 2 * refreshEvery

// refresh keeps the rules and the pauses in memory fresh for questions that
// decide nothing; a settle brings its own up to date under the lock.
func (a *App) refresh(ctx context.Context) {
	for tick := time.NewTicker(refreshEvery); ; {
		if err := a.Store.Hear(ctx, a.Judge); err != nil && ctx.Err() == nil {
			a.Log.Debug("rules not refreshed", "error", err)
		}
		if err := a.paused.refresh(ctx, a.Store); err != nil && ctx.Err() == nil {
			a.Log.Debug("pauses not refreshed", "error", err)
		}
		if err := a.refetches.refresh(ctx, a.Store); err != nil && ctx.Err() == nil {
			a.Log.Debug("orders to fetch again not refreshed", "error", err)
		}
		if err := a.backfills.refresh(ctx, a.Store); err != nil && ctx.Err() == nil {
			a.Log.Debug("orders to back-fill not refreshed", "error", err)
		}
		if err := a.reconciliations.refresh(ctx, a.Store); err != nil && ctx.Err() == nil {
			a.Log.Debug("what is to be reconciled not refreshed", "error", err)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// ForgetQueue removes the queue from Redis; call it after Run has returned.
func (a *App) ForgetQueue() error { return a.queue.Forget() }
