package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"gatehouse/channels/all"
	"gatehouse/channels/archive"
	"gatehouse/cmd/gatehouse/app"
	"gatehouse/ingest"
)

type importCmd struct {
	configured
	Channel  string   `help:"The channel to bring the mail into." required:"" placeholder:"NAME"`
	Paths    []string `arg:"" help:"mbox files, Maildirs, or directories of mails." name:"path"`
	Open     bool     `help:"Take it as if it came now; else it is history: screened and counted, conversations closed, no bot."`
	MaxBytes int64    `help:"Skip larger mails." default:"52428800"`
	JSON     bool     `help:"Print JSON."`

	kind string
}

// Run brings archives of mail into a channel. It exits 1 if something could not
// be brought.
func (c *importCmd) Run(env *environment) error {
	i, total, err := c.prepare(env)
	if err != nil {
		return err
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Register(env.ctx, c.Channel, c.kind, ingest.Email); err != nil { // serve may not have run yet
		return err
	}
	p := progress{out: os.Stderr, total: total, terminal: isTerminal(os.Stderr)}
	i.Store, i.Tell = s, p.tell
	i.Skipped = func(err error) { env.log.Warn("skipped", "what", err) }
	counts, err := i.Run(env.ctx, c.Paths...)
	p.end()
	if !c.Open && counts.Imported > 0 { // also of a run that was stopped: the next one does not count what this one brought
		err = errors.Join(err, s.TellHistory(context.WithoutCancel(env.ctx), c.Channel, counts.Imported))
	}
	if err := c.say(env.out, counts); err != nil {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exitError{exitAsk, errors.New("stopped: run it again to go on")}
	case err != nil:
		return fmt.Errorf("%w: run it again to go on", err)
	case counts.Skipped > 0:
		return no("not brought, see above: %d", counts.Skipped)
	}
	return nil
}

// prepare asks what can be asked without the database.
func (c *importCmd) prepare(env *environment) (*archive.Import, int64, error) {
	cfg, err := c.load(env)
	if err != nil {
		return nil, 0, err
	}
	kind := ""
	for _, ch := range cfg.Channels {
		if ch.Name == c.Channel {
			kind = ch.Kind
		}
	}
	k, found := all.Find(kind)
	switch {
	case !found:
		return nil, 0, no("no channel is named %s", c.Channel)
	case k.Family != ingest.Email:
		return nil, 0, no("channel %s takes no mail", c.Channel)
	case k.Webhook != nil:
		return nil, 0, no("what channel %s keeps are its provider's posts, not mails: import into a channel of kind imap or smtp", c.Channel)
	}
	c.kind = kind
	read, err := app.Rereader(cfg.Channels)
	if err != nil {
		return nil, 0, err
	}
	var total int64
	for _, path := range c.Paths {
		n, err := archive.Size(filepath.Clean(path))
		if err != nil {
			return nil, 0, exitError{exitUsage, err}
		}
		total += n
	}
	return &archive.Import{Channel: c.Channel, Open: c.Open, Limit: c.MaxBytes,
		Read: func(raw []byte) (ingest.Message, error) { return read(kind, raw) }}, total, nil
}

func (c *importCmd) say(w io.Writer, n archive.Counts) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(n)
	}
	_, err := fmt.Fprintf(w, "%d mails: %d imported, %d of them dead; %d were there before. Not brought: %d\n",
		n.Mails, n.Imported, n.Dead, n.Known, n.Skipped)
	return err
}

// progress says on a terminal how far an import is, and elsewhere nothing.
type progress struct {
	out      io.Writer
	total    int64
	terminal bool
	told     time.Time
}

const barWidth = 30

func (p *progress) tell(n archive.Counts) {
	if !p.terminal || time.Since(p.told) < 100*time.Millisecond {
		return
	}
	p.told = time.Now()
	part := 1.0
	if p.total > 0 {
		part = min(1, float64(n.Octets)/float64(p.total))
	}
	bar := make([]byte, barWidth)
	for i := range bar {
		bar[i] = ' '
		if float64(i) < part*barWidth {
			bar[i] = '='
		}
	}
	fmt.Fprintf(p.out, "\r[%s] %3.0f %%  %d mails, %d imported, %d there before ", bar, part*100, n.Mails, n.Imported, n.Known)
}

func (p *progress) end() {
	if p.terminal && !p.told.IsZero() {
		fmt.Fprintln(p.out)
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
