// Package httpapi is the supervisors' HTTP API of Gatehouse, under /api/v1:
// JSON over the store's own answers, one file a resource. It reads
// conversations and contacts, works the blocked list, sets and lifts rules, and
// lets other programs follow the log of events.
//
// Who asks is told by a bearer token, or by the session of a person who signed
// in; each route names the least role it needs where it is registered. What is wrong comes as a problem document (RFC 9457).
// The description of all routes is made from this code and served at
// /api/v1/openapi.json and openapi.yaml.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/ingest"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Store is all that the API asks of the store; each resource's file says what
// it takes.
type Store interface {
	tokenStore
	sessionStore
	userStore
	onceStore
	messageStore
	conversationStore
	contactStore
	profileStore
	identityStore
	mergeStore
	noteStore
	historyStore
	reviewStore
	optStore
	holdStore
	erasureStore
	personStore
	ruleStore
	ticketStore
	orderStore
	outgoingStore
	jobStore
	exportStore
	accountStore
	channelStore
	backfillStore
	consentStore
	settingsStore
	eventStore
	deadStore
	auditStore
	refetchStore
	endpointStore
	deliveryStore
	alertStore
	Hear(ctx context.Context, h ingest.Hearer) error
	KindOf(channel string) (kind string, family ingest.Family, known bool)
	Ping(ctx context.Context) error
}

// Judge answers from memory what the rules say of a person. Contact, ip,
// channel and kind may be zero; talked is when the contact's first conversation
// began. It is brought up to date before it is asked.
type Judge interface {
	Settings() ingest.Settings
	Renew(epoch int64, changed []ingest.Rule, s ingest.Settings)
	// Without decides as the rules in force would if some were lifted.
	Without(rules []ingest.Rule, now time.Time) func(ingest.Message, ingest.Facts) ingest.Decision
	ingest.Hearer
	// Heard is when what is in memory was last that of the database.
	Heard() time.Time
	// Foretell says from memory how a message from each would be taken; Knowing says
	// it of one who first talked with us at a moment.
	Foretell(asked []ingest.Asked, now time.Time) []ingest.Foretold
	Knowing(asked ingest.Asked, talked, now time.Time) ingest.Standing
	// Shadows finds the rules in force before which another always decides, and that one.
	Shadows(now time.Time) map[int64]int64
	Standing(ids []ingest.Identity, contact ingest.ID, talked time.Time, ip netip.Addr, channel, kind string, now time.Time) ingest.Standing
}

// Options are what the API is made of. Store and Judge are required.
type Options struct {
	Store Store
	Judge Judge

	// Reread makes a message again from its raw bytes, Attachment takes one
	// file out of them; kind is the channel's. Nil: no kind can.
	Reread     func(kind string, raw []byte) (ingest.Message, error)
	Attachment func(kind string, raw []byte, index int) ([]byte, error)
	// Show makes a stranger's html safe to show. Nil: no html is given out.
	Show func(html string) string
	// Sources are the kinds of channel whose source can be asked once more for
	// what was refused.
	Sources []string
	// Listers are the kinds of channel whose providers can be asked for the
	// messages of a time.
	Listers []string
	// Hold waits for n bytes of the process's budget for raw messages and
	// returns what gives them back. Nil: no budget.
	Hold func(ctx context.Context, n int64) (release func(), err error)
	// Wake is told that there is work: a job was started, a message is to be
	// settled again. It is a hint; nil: the sweeper finds it.
	Wake func(ctx context.Context)
	// Reload reads the configuration again and applies what changed of the
	// channels, or says with an ingest.Invalid error what is wrong. Nil: it cannot.
	Reload func(ctx context.Context, actor string) (ingest.Reloaded, error)
	// Setup says what the configuration has of a channel; nothing of one that is
	// no longer in use. Nil: nothing is known.
	Setup func(channel string) (ingest.ChannelSetup, error)
	// Follow gives the events that pass and are in no log, until leave is called.
	// Nil: there are none.
	Follow func() (events <-chan ingest.Event, leave func())
	// Endpoints posts events. Nil: nobody does, and no endpoint can be made.
	Endpoints Endpoints
	// Consents asks owners of mailboxes for access. Nil: nobody can be asked.
	Consents Consents
	// Ready says why the program cannot work; nil asks the store alone.
	Ready func(ctx context.Context) error

	// SignIn is how people sign in.
	SignIn SignIn

	// Own is what belongs to the desk, asked whenever a rule is set: rules that
	// would shut it out take an administrator's force. Nil: nothing is known.
	Own func() ingest.Own
	// Replies sign the reply tokens; none: there are no tokens.
	Replies ingest.ReplySecrets
	// Region is that of numbers which people write into rules without a country.
	Region ingest.Region

	Location *time.Location   // of "since Monday"; nil: UTC
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: slog.Default
	Version  string           // of the program, in the API's description
	Fresh    time.Duration    // how old what is in memory may be when a standing is asked for; 0: it is brought up to date each time
	Pace     time.Duration    // between two looks into the log for a stream; 0: 500 ms
	Beat     time.Duration    // between two signs of life on a stream; 0: 15 s
}

func (o *Options) defaults() {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Pace == 0 {
		o.Pace = 500 * time.Millisecond
	}
	if o.Beat == 0 {
		o.Beat = 15 * time.Second
	}
	if o.Show == nil {
		o.Show = func(string) string { return "" }
	}
	if o.Hold == nil {
		o.Hold = func(context.Context, int64) (func(), error) { return func() {}, nil }
	}
	if o.Wake == nil {
		o.Wake = func(context.Context) {}
	}
	if o.Own == nil {
		o.Own = func() ingest.Own { return ingest.Own{} }
	}
	if o.Follow == nil {
		o.Follow = func() (<-chan ingest.Event, func()) { return nil, func() {} }
	}
	o.SignIn.defaults()
	if o.Ready == nil {
		o.Ready = o.Store.Ping
	}
}

type api struct {
	Options
	huma        huma.API
	onceSlots   chan struct{}
	limits      limits
	areas       []string // of scopes, sorted
	crossOrigin *http.CrossOriginProtection
}

// New returns the handler of /api/v1/…, /healthz and /readyz. It starts no
// goroutines; a stream of events ends with its request's context.
func New(o Options) http.Handler {
	_, handler := assemble(o)
	return handler
}

func assemble(o Options) (*api, http.Handler) {
	o.defaults()
	mux := http.NewServeMux()
	a := register(mux, o)
	mend(a.huma.OpenAPI())
	describe(mux, a.huma.OpenAPI())
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.HandleFunc(Prefix+"/", unknown(mux))
	return a, Survive(o.Log, mux, faulty)
}

func register(mux *http.ServeMux, o Options) *api {
	a := &api{Options: o, onceSlots: make(chan struct{}, maxOnce), crossOrigin: OwnPages(o.SignIn.PublicURL),
		limits: limits{of: map[int64]*allowance{}}}
	a.huma = humago.NewWithPrefix(mux, Prefix, config(o.Version))
	a.huma.UseMiddleware(a.authenticate)
	for _, register := range []func(){
		a.messages, a.conversations, a.outgoing, a.contacts, a.profiles, a.identities, a.merges, a.notes, a.history, a.opening, a.reviews, a.opts, a.holds, a.erasures, a.persons, a.rules, a.blocked, a.orders, a.jobs, a.stats, a.channels, a.backfills,
		a.reload, a.standing, a.settings, a.events, a.dead, a.tokens, a.audit,
		a.refetches, a.consents,
		a.exports,
		a.sessions, a.users,
		a.endpoints, a.endpointActs, a.deliveries,
		a.alerts,
	} {
		register()
	}
	a.oidc(mux)
	a.areas = areasOf(a.huma.OpenAPI())
	return a
}

// config is huma's without what fetches scripts from elsewhere, without
// $schema links, and with our JSON and problems.
func config(version string) huma.Config {
	c := huma.DefaultConfig("Gatehouse", version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true // a filter that is mistyped would choose everything
	c.Formats = map[string]huma.Format{"application/json": wireFormat, "json": wireFormat}
	c.Transformers = []huma.Transformer{ownProblems}
	c.Components.Schemas = huma.NewMapRegistry(schemas, schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "Of POST /session. Its name begins with __Host- where the program is reached by https. Changes need X-CSRF-Token, too."},
	}
	return c
}
