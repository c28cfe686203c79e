package mailapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/oauth"
)

const (
	workers    = 4       // calls under way at a time: Microsoft takes no more of one mailbox
	maxBatch   = 20      // messages of a batch
	batchBytes = 8 << 20 // octets of a batch, or one message
	maxTries   = 3       // in which reading one message may end the process
	maxRefused = 5       // rounds in which one message may be refused, and others given
)

// Poller polls the folders of one mailbox.
type Poller struct {
	options Options
	host    channels.Host
	source  Source
	client  *Client
	tokens  *oauth.Source
	folders []*folder
	careful int // messages taken one at a time so far
}

// A folder is what a poller knows of one of its folders.
type folder struct {
	name    string
	at      cursor
	text    string         // the cursor as the store has it
	notes   map[string]int // rounds in which the API did not give a message while it gave others
	trouble error          // what kept the last round from taking over all of it
}

// New makes a poller of what an adapter's source has.
func New(o Options, host channels.Host, source Source, client *Client, tokens *oauth.Source) *Poller {
	p := &Poller{options: o, host: host, source: source, client: client, tokens: tokens}
	for _, name := range o.Folders {
		p.folders = append(p.folders, &folder{name: name, notes: map[string]int{}})
	}
	return p
}

var (
	_ channels.Reconciler = (*Poller)(nil)
	_ channels.Checker    = (*Poller)(nil)
	_ channels.Looker     = (*Poller)(nil)
	_ channels.Renewable  = (*Poller)(nil)
)

// Poll takes over what is new in all folders. A folder that the API refuses, or
// a message that it does not give, keeps nobody from the others: the error is
// then channels.Partly. See channels.Poller.
func (p *Poller) Poll(ctx context.Context, in channels.Session) error {
	p.careful = 0
	var all error
	well := 0
	for _, f := range p.folders {
		f.trouble = nil
		err := p.pass(ctx, in, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && Refused(err) == nil || channels.ReauthNeeded(err) || p.busy(err) {
			return fmt.Errorf("%q: %w", f.name, err)
		}
		if err == nil {
			well++
		}
		if err = errors.Join(err, f.trouble); err != nil {
			all = errors.Join(all, fmt.Errorf("%q: %w", f.name, err))
		}
	}
	if well == 0 {
		return all
	}
	return channels.Partly(all)
}

// busy reports whether the API refuses whatever it is asked, for now.
func (p *Poller) busy(err error) bool {
	r := Refused(err)
	return r != nil && (r.Quota() || r.passing())
}

// Wait returns when it is time to look again; see channels.Poller.
func (p *Poller) Wait(ctx context.Context) error {
	rest(ctx, p.options.PollEvery)
	return nil
}

// Close drops idle connections; see channels.Poller.
func (p *Poller) Close() error {
	p.client.Close()
	if p.tokens != nil {
		p.tokens.Close()
	}
	return nil
}

// Renewed reports whether the mailbox's owner has granted access anew; see
// channels.Renewable.
func (p *Poller) Renewed(ctx context.Context) (bool, error) {
	if p.tokens == nil {
		return false, nil
	}
	return p.tokens.Renewed(ctx)
}

// LookOnly leaves the mailbox as it is, whatever `after` says; see
// channels.Looker.
func (p *Poller) LookOnly() { p.options.Touch = false }

// Check looks at each folder; see channels.Checker.
func (p *Poller) Check(ctx context.Context) (string, error) {
	defer p.Close()
	var says []string
	var refused error
	for _, f := range p.folders {
		said, err := p.source.Look(ctx, f.name)
		switch {
		case Refused(err) != nil && !p.busy(err):
			refused = errors.Join(refused, fmt.Errorf("%q: %w", f.name, err))
		case err != nil:
			return "", err
		default:
			says = append(says, said)
		}
	}
	return strings.Join(says, "; "), refused
}

// load reads the folder's place: another replica may have polled meanwhile.
func (f *folder) load(ctx context.Context, in channels.Session) (err error) {
	if f.text, err = in.Cursor(ctx, f.name); err != nil {
		return err
	}
	f.at, err = parseCursor(f.text)
	return err
}

// key names a message for ever.
func (p *Poller) key(id string) string {
	return strings.ToLower(p.options.Mailbox) + "\x00" + id
}

func (p *Poller) keys(items []Item) []string {
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = p.key(it.ID)
	}
	return keys
}

// unwanted reports whether a message was there before the channel was connected
// and `start` leaves it out.
func (p *Poller) unwanted(it Item, at, connected time.Time) bool {
	return !it.Fresh && !at.IsZero() && at.Before(p.options.wanted(connected))
}
