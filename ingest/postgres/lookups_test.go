package postgres

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

var heldIndex = regexp.MustCompile(`messages_(rule|ticket|state|held_rules|held_system)\b`)

// Plans are kept, and may be of a time when nothing was held: even then what
// is held is looked for by the one index that is made for the question.
func TestHeldMessagesAreFoundByTheirOwnIndex(t *testing.T) {
	s, ctx := open(t), context.Background()
	crowd(t, s, newerMessages)
	id, now := []ingest.ID{ingest.NewID(s.now())}, s.now()
	for name, q := range map[string]struct {
		query string
		want  string
		args  []any
	}{
		"tickets grow":        {sqlWriteTicketsGrown, "messages_ticket", []any{id, []int32{1}, []string{""}, []int32{0}}},
		"tickets shrink":      {sqlTicketsShrink, "messages_ticket", []any{id, []int32{1}, "ticket.deleted", nil}},
		"step of a lift":      {sqlJobNextRules, "messages_rule", []any{int64(1), 1000}},
		"does a rule hold":    {sqlRulesHoldAny, "messages_rule", []any{[]int64{1}}},
		"what a rule holds":   {sqlRulesHold, "messages_rule", []any{[]int64{1}}},
		"messages by ticket":  {sqlMessagesOfTicket, "messages_ticket", []any{id[0], nil, 51}},
		"what an order lists": {sqlJobList, "messages_ticket", []any{int64(1), 100}},
		"old system holds":    {sqlRetainNext, "messages_held_system", []any{&now, (*time.Time)(nil), 500, &now}},
		"old rule holds":      {sqlRetainNext, "messages_held_rules", []any{(*time.Time)(nil), &now, 500, &now}},
	} {
		plan, err := s.explain(ctx, "explain (costs off) "+q.query, q.args...)
		must(t, err)
		found := heldIndex.FindAllString(plan, -1)
		if len(found) == 0 {
			t.Errorf("%s reads no index of held messages:\n%s", name, plan)
		}
		for _, index := range found {
			if index != q.want {
				t.Errorf("%s reads %s, want %s:\n%s", name, index, q.want, plan)
			}
		}
	}
}

// What orders to back-fill brought is counted without a look at all messages.
func TestRecoveredMessagesAreFoundByTheirOwnIndex(t *testing.T) {
	s, ctx := open(t), context.Background()
	crowd(t, s, newerMessages)
	for name, q := range map[string]struct {
		query string
		args  []any
	}{
		"orders":          {sqlBackfills, []any{"", int64(0), 50}},
		"end of an order": {sqlBackfillEnd, []any{int64(1), "", s.now(), 0, 0}},
	} {
		plan, err := s.explain(ctx, "explain (costs off) "+q.query, q.args...)
		must(t, err)
		if !strings.Contains(plan, "messages_recovered") {
			t.Errorf("%s reads all messages:\n%s", name, plan)
		}
	}
}
