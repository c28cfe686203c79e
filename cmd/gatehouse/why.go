package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gatehouse/ingest"
)

type whyCmd struct {
	configured
	ID   string `arg:"" help:"The message's id."`
	JSON bool   `help:"Print JSON."`
}

// Run prints what became of a message and the trail of its decision.
func (c *whyCmd) Run(env *environment) error {
	id, err := ingest.ParseID(c.ID)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("%q is %w", c.ID, err)}
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	m, err := s.Message(env.ctx, id)
	if errors.Is(err, ingest.ErrNotFound) {
		return no("no message has the id %s", c.ID)
	}
	if err != nil {
		return err
	}
	if c.JSON { // with what it says
		if err := s.Record(env.ctx, "command line", "message.read", "message:"+c.ID); err != nil {
			return err
		}
		return json.NewEncoder(env.out).Encode(m)
	}
	tell(env.out, m.Record)
	return nil
}

func tell(w io.Writer, m ingest.Record) {
	fmt.Fprintf(w, "message %s, number %d on %s, received %s\n", m.ID, m.Seq, m.Channel, m.ReceivedAt.UTC().Format("2006-01-02 15:04:05"))
	fmt.Fprintf(w, "state: %s\n", m.State)
	if m.Recovered {
		fmt.Fprintln(w, "recovered: it had been missed, and its source was asked for it")
	}
	for _, part := range []struct{ name, value string }{
		{"conversation", m.Conversation.String()}, {"ticket", m.Ticket.String()}, {"contact", m.Contact.String()},
		{"reason", string(m.Reason)}, {"note", m.Note},
	} {
		if part.value != "" {
			fmt.Fprintf(w, "%s: %s\n", part.name, part.value)
		}
	}
	if m.Rule != nil {
		fmt.Fprintf(w, "rule %d: %s on %s, set by %s\n", m.Rule.ID, m.Rule.Kind, m.Rule.Target, m.Rule.CreatedBy)
	}
	for _, line := range m.Trail {
		fmt.Fprintf(w, "  %-8s %s\n", line.Stage, line.Says)
	}
}
