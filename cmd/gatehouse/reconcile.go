package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"gatehouse/ingest"
)

type reconcileCmd struct {
	configured
	Channel string        `help:"The mailbox." required:"" placeholder:"NAME"`
	Timeout time.Duration `help:"How long to wait for the program that polls it." default:"10m"`
	JSON    bool          `help:"Print JSON."`
}

// lookAgain is how often the command asks whether it is done.
const lookAgain = 300 * time.Millisecond

// Run has a mailbox compared with what became of its mail. It exits 1 if mail is
// missing.
func (c *reconcileCmd) Run(env *environment) error {
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.AskReconciliation(env.ctx, c.Channel, "gatehouse reconcile")
	if errors.Is(err, ingest.ErrNothing) {
		return no("channel %s has no mailbox that could be looked through, or `gatehouse serve` has never polled it", c.Channel)
	}
	for end := time.After(c.Timeout); err == nil && r.Waits(); r, err = s.Reconciliation(env.ctx, c.Channel) {
		select {
		case <-env.ctx.Done():
			return exitError{exitAsk, env.ctx.Err()}
		case <-end:
			return exitError{exitAsk, fmt.Errorf("nobody has polled %s for %s: is `gatehouse serve` running?", c.Channel, c.Timeout)}
		case <-time.After(lookAgain):
		}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(env.out).Encode(r)
	} else {
		tellBooks(env.out, r)
	}
	switch {
	case err != nil:
		return err
	case r.Error != "":
		return exitError{exitAsk, errors.New(r.Error)}
	case !r.Whole():
		return no("mail is missing: see above")
	}
	return nil
}

func tellBooks(w io.Writer, r ingest.Reconciliation) {
	for _, f := range r.Folders {
		if f.Says != "" {
			fmt.Fprintf(w, "%s: %s\n", f.Folder, f.Says)
			continue
		}
		fmt.Fprintf(w, "%s: %d mails = %d conversed + %d held + %d refused + %d dead + %d purged + %d in flight + %d left out by start + %d waiting + %d missing\n",
			f.Folder, f.OnServer, f.Conversed, f.Held, f.Refused, f.Dead, f.Purged, f.InFlight, f.LeftOut, f.Waiting, f.Missing)
		for _, g := range f.Gaps {
			if g.Mended {
				fmt.Fprintf(w, "  %s was unknown: taken now\n", g.Name())
			} else {
				fmt.Fprintf(w, "  %s is missing: %s\n", g.Name(), g.Says)
			}
		}
	}
}
