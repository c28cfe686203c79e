package imap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
)

const (
	maxBatch   = 200     // messages of a batch
	batchBytes = 8 << 20 // octets of a batch, or one message
	passBatch  = 5       // batches taken from a folder before the next folder has its turn
	maxTodo    = 100_000 // UIDs kept in mind; what is beyond is searched for again
)

// Poller polls the folders of one mailbox over one connection.
type Poller struct {
	config  config
	host    channels.Host
	log     *slog.Logger
	turn    *channels.Turn
	conn    *conn // nil: not connected, and it is nobody's turn
	more    bool  // others waited for their turn before all was taken over
	folders []*folder
	window  int           // messages asked for at a time: one after a connection died, then more again,
	widest  int           // up to this
	noIdle  int           // rounds to go without IDLE
	idled   bool          // there was an IDLE since the last round
	cuts    int           // connections in a row that ended with one
	found   bool          // the last round found something new
	vain    int           // rounds in a row after news that was none
	tokens  *oauth.Source // nil: it signs in with a password
	senders mime.Senders
	inside  reader
	apart   reader // reads in a process of its own
}

// A folder is what a poller knows of one of its folders.
type folder struct {
	name    string
	at      cursor
	place   string         // the cursor's text as the store has it
	todo    []imap.UID     // new, in order, not yet listed
	listed  []meta         // listed, not yet read
	under   chan *delivery // the batch being stored; nil: none
	trouble error          // what kept the last round from taking over all of it,
	shut    bool           // and whether the server does not let us in
	careful int            // messages taken one at a time so far
	notes   map[imap.UID]note
}

// A note is what went wrong with a message so far, by the UIDs above the cursor.
type note struct {
	endings   int   // connections that ended when it alone was asked for,
	unlisted  int   // or when its size and header were
	witnesses int   // others that were asked for to know whose fault that is,
	witnessed bool  // the server gave one just now,
	guilty    bool  // and then ended the connection all the same
	refusals  int   // rounds in which the server did not give it
	size      int64 // what the server announced beyond what its list says
	whole     bool  // to be read even if a ban seems to match
}

func newPoller(c config, host channels.Host) *Poller {
	if host.Gates == nil {
		host.Gates = channels.NewGates()
	}
	p := &Poller{config: c, host: host, log: host.Log, window: maxBatch, widest: maxBatch, senders: c.senders(host)}
	p.inside = reader(here).telling(p.senders.Tell)
	p.apart = reader(child{command: c.child, timeout: c.CommandTimeout}.read).telling(p.senders.TellQuietly)
	for _, name := range c.Folders {
		p.folders = append(p.folders, &folder{name: name, notes: map[imap.UID]note{}})
	}
	return p
}

// Poll takes over what is new in all folders, about a thousand messages of each
// in turn. A folder that the server refuses keeps nobody from the others: the
// error is then channels.Partly. See channels.Poller.
func (p *Poller) Poll(ctx context.Context, in channels.Session) error {
	err := p.poll(ctx, in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.survived(err)
	return p.config.explain(p.conn.because(err), "")
}

func (p *Poller) poll(ctx context.Context, in channels.Session) error {
	if err := p.connect(ctx); err != nil {
		return err
	}
	defer p.conn.watch(ctx)()
	for _, f := range p.folders {
		f.trouble = nil
		if err := f.load(ctx, in); err != nil {
			return err
		}
	}
	p.more, p.found = false, false
	for busy := p.folders; len(busy) > 0 && !p.more; {
		var more []*folder
		for _, f := range busy {
			moved, err := p.pass(ctx, in, f)
			if err = p.part(f, err); err != nil {
				return err
			}
			if moved {
				more = append(more, f)
			}
		}
		busy, p.more = more, len(more) > 0 && p.turn.Awaited()
	}
	return p.troubles()
}

// part keeps what is wrong with one folder alone, and returns what is wrong
// with more.
func (p *Poller) part(f *folder, err error) error {
	blocked := errors.As(err, new(*errBlocked))
	if refusal(err) == nil && !errors.Is(err, errNoValidity) && !blocked {
		return err
	}
	f.shut = !blocked
	f.trouble = p.config.explain(fmt.Errorf("folder %q: %w", f.name, err), f.name)
	return nil
}

// troubles is what is wrong with folders: a part of the mailbox, unless the
// server lets us into none.
func (p *Poller) troubles() error {
	var all error
	shut := true
	for _, f := range p.folders {
		all = errors.Join(all, f.trouble)
		shut = shut && f.shut && f.trouble != nil
	}
	if shut {
		return throttle(all)
	}
	return channels.Partly(all)
}

func (p *Poller) connect(ctx context.Context) error {
	if p.conn != nil {
		return nil
	}
	of, most := p.config.bound()
	turn, err := p.host.Gates.Enter(ctx, of, most)
	if err != nil {
		return err
	}
	p.turn = turn
	if p.conn, err = p.signedIn(ctx); err != nil {
		p.leaveHost()
	}
	return err
}

// Close drops the connection; see channels.Poller.
func (p *Poller) Close() error {
	if p.conn != nil {
		p.conn.close()
		p.conn = nil
	}
	if p.turn != nil { // even if connecting panicked
		p.leaveHost()
	}
	if p.tokens != nil {
		p.tokens.Close()
	}
	return nil
}

func (p *Poller) leaveHost() {
	p.turn.Leave()
	p.turn = nil
}

// load reads the folder's place: another replica may have polled meanwhile.
func (f *folder) load(ctx context.Context, in channels.Session) error {
	if f.under != nil { // a panic ended the last round: what was under way is in the place or it is not
		<-f.under
		f.under = nil
	}
	place, err := in.Cursor(ctx, f.name)
	if err != nil {
		return err
	}
	f.at, err = parseCursor(place)
	f.place = place
	f.forget()
	return err
}

// forget drops what was found but not yet read: it is searched for again.
func (f *folder) forget() { f.todo, f.listed = nil, nil }

// note changes what is noted of a message and returns it.
func (f *folder) note(uid imap.UID, change func(*note)) note {
	n := f.notes[uid]
	change(&n)
	f.notes[uid] = n
	return n
}

// done drops the notes on what the cursor has passed.
func (f *folder) done() {
	for uid := range f.notes {
		if uid <= f.at.last {
			delete(f.notes, uid)
		}
	}
}
