package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlReach       = statement("reach")
	sqlReachPerson = statement("reach_person")
	sqlReachEdge   = statement("reach_edge")
	sqlReachTalks  = statement("reach_talks")
)

// Reach tells what rules would have met in the last 30 days, any of them, by
// the same matching as in force. It changes nothing. Of the newest 50,000
// messages it misses none; of a person's own it also finds older ones. A rule
// is taken as set now, so spare_known spares whoever has talked.
func (s *Store) Reach(ctx context.Context, rules []ingest.Rule) (ingest.RuleReach, error) {
	now := s.now()
	since := now.Add(-lookBack)
	reach := ingest.RuleReach{Since: since, Complete: true, Examples: []ingest.Reached{}}
	var edge time.Time
	err := s.pool.QueryRow(ctx, sqlReachEdge, reachRows).Scan(&edge)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return reach, fmt.Errorf("reach: %w", classify(err))
	}
	if edge.After(since) {
		reach.Since, reach.Complete = edge, false
	}
	met := &met{messages: map[ingest.ID]bool{}, contacts: map[ingest.ID]bool{}, talks: map[ingest.ID]bool{}, reach: &reach}
	for _, r := range rules {
		r.CreatedAt = now
		if err := s.reachOf(ctx, &r, since, now, met); err != nil {
			return reach, fmt.Errorf("reach of %s: %w", r.Target, classify(err))
		}
	}
	reach.Messages, reach.Contacts = len(met.messages), len(met.contacts)
	err = s.pool.QueryRow(ctx, sqlReachTalks, members(met.talks), members(met.contacts)).Scan(&reach.OpenConversations, &reach.AnsweredContacts)
	return reach, classify(err)
}

func (s *Store) reachOf(ctx context.Context, r *ingest.Rule, since, now time.Time, met *met) error {
	var err error
	if r.Target, err = targetNow(ctx, s.pool, r.Target); err != nil {
		return err
	}
	who, err := s.suspects(ctx, r.Target)
	if err != nil {
		return err
	}
	found, err := s.written(ctx, sqlReach, since, reachRows, who.class, who.contact, who.needles)
	if err != nil {
		return err
	}
	if !who.contact.IsZero() {
		own, err := s.written(ctx, sqlReachPerson, since, reachRows, who.contact)
		if err != nil {
			return err
		}
		found = append(found, own...)
	}
	talked, err := s.talkedOf(ctx, r, found)
	if err != nil {
		return err
	}
	for _, w := range found {
		if r.Matches(w.message, who.facts(w, now, talked)) {
			met.add(w)
		}
	}
	return nil
}

// suspects is how what a target may meet is looked for.
type suspects struct {
	class   string // of the statement
	contact ingest.ID
	keys    []string // of the contact's identities that join
	needles []string
}

func (s *Store) suspects(ctx context.Context, t ingest.Target) (suspects, error) {
	switch {
	case t.Kind == ingest.Everyone:
		return suspects{class: t.Kind}, nil
	case t.IsNet():
		return suspects{class: "net"}, nil
	case t.Kind == "contact":
		return s.suspectContact(ctx, t)
	}
	who := suspects{class: "text", needles: spellings(t.Value)}
	known, err := s.Known(ctx, []ingest.Identity{{Kind: t.Kind, Value: t.Value}})
	if err == nil {
		who.contact = known[0]
	}
	return who, err
}

func (s *Store) suspectContact(ctx context.Context, t ingest.Target) (suspects, error) {
	id, err := ingest.ParseID(t.Value)
	if err != nil {
		return suspects{}, err
	}
	who := suspects{class: "contact", contact: id}
	of, err := s.Identities(ctx, []ingest.ID{id})
	for _, i := range of[id] {
		if i.Joins() {
			who.keys = append(who.keys, i.Key())
			who.needles = append(who.needles, spellings(i.Value)...)
		}
	}
	return who, err
}

// spellings are how a value stands in a row: as it is, and within JSON.
func spellings(value string) []string {
	quoted := toJSON(value)
	return slices.Compact([]string{value, quoted[1 : len(quoted)-1]})
}

// facts are what a settle would have known of the message.
func (who suspects) facts(w written, now time.Time, talked map[ingest.ID]time.Time) ingest.Facts {
	f := ingest.Facts{Now: now, Kind: w.kind, TalkedAt: talked[w.contact]}
	if !w.message.Unproven && !w.contact.IsZero() {
		f.Contact = &ingest.Contact{ID: w.contact}
	}
	for id := range w.message.Joining() {
		if slices.Contains(who.keys, id.Key()) {
			f.Names = []ingest.ID{who.contact}
		}
	}
	return f
}

// written is a message as rules see it.
type written struct {
	message               ingest.Message
	state                 ingest.State
	contact, conversation ingest.ID
	number                int32  // of the channel
	kind                  string // of the channel
}

func (s *Store) written(ctx context.Context, sql string, args ...any) ([]written, error) {
	rows, err := s.pool.Query(ctx, sql, append([]any{planned}, args...)...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (written, error) {
		var w written
		var doc []byte
		if err := row.Scan(&w.message.ID, &w.number, &w.state, &w.message.ReceivedAt, &w.contact, &w.conversation, &doc); err != nil {
			return w, err
		}
		var e envelope
		if err := json.Unmarshal(doc, &e); err != nil {
			return w, fmt.Errorf("envelope of %s: %w", w.message.ID, err)
		}
		e.fill(&w.message)
		return w, nil
	})
	for i, w := range list {
		c, err := s.channelByID(ctx, w.number)
		if err != nil {
			return nil, err
		}
		list[i].message.Channel, list[i].message.Family, list[i].kind = c.Name, c.Family, c.Kind
	}
	return list, err
}

func (s *Store) talkedOf(ctx context.Context, r *ingest.Rule, found []written) (map[ingest.ID]time.Time, error) {
	if !r.SpareKnown {
		return nil, nil
	}
	contacts := map[ingest.ID]bool{}
	for _, w := range found {
		contacts[w.contact] = true
	}
	return s.TalkedSince(ctx, members(contacts))
}

// met gathers what rules met, each message once.
type met struct {
	messages, contacts, talks map[ingest.ID]bool
	reach                     *ingest.RuleReach
}

const mostExamples = 5

func (m *met) add(w written) {
	if m.messages[w.message.ID] {
		return
	}
	m.messages[w.message.ID], m.contacts[w.contact] = true, true
	if !w.conversation.IsZero() {
		m.talks[w.conversation] = true
	}
	list := m.reach.Examples
	if len(list) == mostExamples && !w.message.ReceivedAt.After(list[mostExamples-1].ReceivedAt) {
		return
	}
	list = append(list, ingest.Reached{Message: w.message.ID, Contact: w.contact, Channel: w.message.Channel,
		ReceivedAt: w.message.ReceivedAt, State: w.state})
	slices.SortFunc(list, func(a, b ingest.Reached) int { return b.ReceivedAt.Compare(a.ReceivedAt) })
	m.reach.Examples = list[:min(len(list), mostExamples)]
}

// members are the ids of a set; empty, not nil, which is null to the database.
func members(set map[ingest.ID]bool) []ingest.ID {
	return slices.AppendSeq([]ingest.ID{}, maps.Keys(set))
}
