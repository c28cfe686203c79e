// Package channels is how messages come in: what an adapter must be, and what
// runs it. Pollers ask a source for its messages; webhooks and doors are
// called by a provider or a widget. Whatever the road, an arrival is stored
// before it is acknowledged.
//
// README.md in this folder says how to add an adapter.
package channels

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// Kind is all the program knows of an adapter: one folder, one line in
// channels/all. At least one constructor is set.
type Kind struct {
	Name   string // its folder, and `kind:` in the configuration
	Family ingest.Family
	// FamilyOf is the family of a channel with these settings, where it depends on
	// them; nil: it does not.
	FamilyOf func(Settings) ingest.Family
	// Tried is what the adapter was tried with, for the table of kinds.
	Tried string
	// Facts are about the provider that pushes; the zero value: there is none.
	Facts Facts
	// Poller asks a source that keeps its messages until asked.
	Poller func(Settings, Host) (Poller, error)
	// Lister says how the provider is asked for what a webhook missed;
	// channels/backfill makes the Poller of it. nil: the provider cannot be asked.
	Lister func(Settings, Host) (List, error)
	// Webhook answers a provider's requests at /hooks/{channel}.
	Webhook func(Settings, Host) (Webhook, error)
	// Door is a public HTTP surface of its own at /{kind}/{channel}/…, for
	// adapters whose callers are browsers. It sees what comes after the
	// channel: "/messages".
	Door func(Settings, Host, Intake) (http.Handler, error)
	// Listener answers on a socket of its own, in a protocol that is not HTTP. It
	// is nil for a channel that only others' listeners take messages for.
	Listener func(Settings, Host) (Listener, error)
	// Feeds names the channels that a channel's Listener takes messages for, of
	// the same kind. nil: for itself alone.
	Feeds func(Settings) ([]string, error)
	// Reread makes the message again from its raw bytes: for arrivals whose
	// text is Derived, for attachments and for a retry of dead ones. It gives
	// what the adapter gave when the message arrived, but for ID, Seq, Channel
	// and Family, which the store knows.
	Reread func(raw []byte) (ingest.Message, error)
	// Rereader makes the Reread for channels with these settings, where what is
	// read depends on them; nil: it does not. A message that may be of any of
	// several channels is trusted no more than each of them would.
	Rereader func(of ...Settings) (func(raw []byte) (ingest.Message, error), error)
	// Attachment returns the bytes of one attachment out of the raw message.
	Attachment func(raw []byte, index int) ([]byte, error)
	// File is what a message's attachment of that index stands for: where its
	// bytes are, if the raw message does not hold them. nil: it always does.
	File func(raw []byte, index int) (File, error)
	// Media fetches such files, with the channel's credentials. nil: their URLs
	// are asked for without any.
	Media func(Settings, Host) (Media, error)
	// Places names the sources that a channel asks, each in one spelling only:
	// two channels that ask one source would take each of its messages twice. A
	// place that ends with a slash has in it all that begin with it.
	// nil: two channels cannot.
	Places func(Settings) ([]string, error)
	// Setup says what the provider or the site must be told so that messages
	// come, a line each: first the URL to call, and no secret. nil: nothing.
	Setup func(Settings, Host) ([]string, error)
	// Sample reads a body as the Door would, but for the proof of who sent it. An
	// error is what the door would answer.
	Sample func(Settings, Host, []byte) ([]ingest.Arrival, error)
	// Consent makes what asks the owner of a channel's source for access; nil,
	// also as its result: there is nothing to ask for.
	Consent func(Settings, Host) (Consenter, error)
}

// For is the kind as a channel with these settings has it: of one family.
func (k Kind) For(s Settings) Kind {
	if k.FamilyOf != nil {
		k.Family, k.FamilyOf = k.FamilyOf(s), nil
	}
	return k
}

// Settings decodes a channel's part of the configuration into a struct with
// yaml tags. It is strict: an unknown key is an error with its line.
type Settings func(into any) error

// Host is what the program lends an adapter: never a database.
type Host struct {
	Channel string
	Log     *slog.Logger
	Now     func() time.Time
	// ClientIP finds the caller's address behind trusted proxies.
	ClientIP func(*http.Request) string
	// ProxySaid is a header that a proxy of ours set; "" where none did. nil:
	// there are no proxies.
	ProxySaid func(r *http.Request, header string) string
	// Pass tells whoever follows the events of something that is stored nowhere;
	// it waits for none of them. nil: nobody follows.
	Pass func(context.Context, ingest.Signal)
	// PublicURL is the channel's own URL as the provider calls it.
	PublicURL string
	// Grants keeps what owners of mailboxes granted; nil: nothing can be kept.
	Grants Grants
	// Get asks for a provider's own resource, as a certificate that its signature
	// names, within seconds; the answer is not large. What it is asked for is a
	// public address, whatever the caller believes. Errors are *safehttp.Fault.
	// nil: nobody can.
	Get func(ctx context.Context, url string) ([]byte, error)
	// Outside asks for what a request names and does not carry; see
	// Request.Fetch. nil: nobody can.
	Outside MediaClient
	// LookupTXT asks the DNS for the TXT records of a name; see net.Resolver.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// Marks are the secrets of the mark on the desk's own mail, see ingest.Mark.
	Marks []string
	// Used is told of each request which secret proved it; nil: nobody is.
	Used func(secret string)
	// Region is whose national form a number without a country has; the zero
	// Region is nobody's.
	Region ingest.Region
	// Gates bound the process's connections to each host; nil: nobody shares them.
	Gates *Gates
}

// Poller reads one source. The runner calls Poll, then Wait, and again, from
// one goroutine, under the channel's lease. An error from either ends the
// connection: the runner calls Close, backs off and starts afresh with Poll.
// Both return soon after ctx ends: the lease may be gone. An error that only a
// new password or consent can mend is marked with NeedsReauth, one that says to
// ask less with Throttled, and what Poll could not take over of a part while it
// took all else with Partly.
type Poller interface {
	// Poll hands over everything that came after the cursors and returns when
	// nothing is left. It may keep its connection for the next call.
	Poll(ctx context.Context, in Session) error
	// Wait returns when the source says that there may be more, after at most
	// the poller's own polling interval, or when ctx ends (with nil).
	Wait(ctx context.Context) error
	// Close drops the connection; it must return even if the peer is mute.
	Close() error
}

// Checker is a Poller that can be asked whether polling would work.
type Checker interface {
	// Check connects, looks without changing anything, says in a line what it
	// sees, and closes. An error that is ingest.Temporary means that the source
	// could not be asked, any other that it refuses.
	Check(ctx context.Context) (says string, err error)
}

// Session is a poller's way to the store while it holds the channel's lease.
// Every error for which ingest.Temporary or errors.Is(err, ingest.ErrFenced)
// holds means: stop now, acknowledge nothing.
type Session interface {
	// Cursor is the place reached in a mailbox, "" at first.
	Cursor(ctx context.Context, mailbox string) (string, error)
	// Receive stores a batch and moves the cursor in one transaction. Channel
	// and Fence of the move are filled in by the session.
	Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error)
	// Refuses names the ban that would refuse the message, judged by its
	// header alone; 0 if there is none or it cannot be told yet.
	Refuses(ctx context.Context, m ingest.Message) (int64, error)
	// Careful reports that the last holder of the lease died at work: take one
	// message at a time and count each try with Attempt before reading it.
	Careful() bool
	// Attempt commits one more try at reading what key names and returns how
	// many there were, this one included.
	Attempt(ctx context.Context, mailbox, key string) (int, error)
	// Known says of each key whether its message came before, whatever became of
	// it. It is for sources that name a message again with each change of it.
	Known(ctx context.Context, keys []string) ([]bool, error)
	// Since is when the channel was first connected: older mail is history.
	Since() time.Time
	// Hold waits until n bytes of the process's budget for raw messages are
	// free and returns what gives them back.
	Hold(ctx context.Context, n int64) (release func(), err error)
	// Count notes what a source gave besides messages.
	Count(ctx context.Context, b ingest.Besides) error
}

// Intake stores arrivals that were pushed; concurrent calls share a commit.
type Intake interface {
	// Receive returns once the arrivals of this call are committed, all of
	// them, or with an error when none is.
	Receive(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error)
	// Standing is what the rules say of a visitor at this address, from memory.
	Standing(ctx context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error)
	// Share is the memory of one request; see ReadBody.
	Share() *Share
}

// Webhook verifies and reads a provider's request: functions of the request,
// the injected clock, and where a provider asks for it what the Host fetches.
type Webhook interface {
	// Verify returns nil if the provider sent this, just now. An error that is
	// ingest.Temporary means that it cannot be told now.
	Verify(Request) error
	// Parse reads the arrivals. An element that cannot be read is an arrival
	// with a Problem; an error means that the whole body cannot be read, or, if it
	// is ingest.Temporary, that the provider shall send it again.
	Parse(Request) ([]ingest.Arrival, Reply, error)
}

// Request is a provider's request with its body read whole. Its context ends
// when the provider waits no longer.
type Request struct {
	*http.Request
	Raw []byte

	grow func(ctx context.Context, n int64) error // see Share.Grow; nil: memory is not counted
}

// Reply is how a provider wants its request answered once all is stored.
type Reply struct {
	Status  int // 0: 200
	Type    string
	Body    []byte
	Ignored int // echoes and unknown events in the request, and receipts that say nothing new of what was sent
	Foreign int // messages for another tenant of the provider's app
	// Why says of some of what is ignored why it is no message, for whoever looks
	// at a sample: no content.
	Why []string
	// Reports and Opts are no messages: they are counted with Ignored, which does
	// not count them itself.
	Reports []ingest.DeliveryReport
	Opts    []ingest.Opting
	// Missed is what the provider says that it dropped, if the channel does not ask
	// for it by itself. Ignored counts the event that says so.
	Missed []ingest.UnknownHours
}

// maxWhy is how much of what is ignored is told.
const maxWhy = 20

// Ignore counts one that is no message, and says why.
func (r *Reply) Ignore(why string) {
	if r.Ignored++; len(r.Why) < maxWhy {
		r.Why = append(r.Why, why)
	}
}
