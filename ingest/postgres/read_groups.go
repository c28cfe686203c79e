package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTicketsGroups = statement("tickets_groups")
	sqlContactsNames = statement("contacts_names")
)

// TicketGroups counts the tickets that a filter chooses by what they have in
// common, in the filter's order: that of messages, or of what is likely wrong.
func (s *Store) TicketGroups(ctx context.Context, f ingest.TicketFilter, by ingest.GroupBy) (ingest.Groups, error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.Groups{}, err
	}
	limit := limitOf(f.Limit)
	var key string
	if m != nil {
		key = m.Key
	}
	args := append([]any{planned}, s.chosen(f)...)
	rows, err := s.pool.Query(ctx, sqlTicketsGroups, append(args, by, m.n(), key, limit+1, f.Sort)...)
	if err != nil {
		return ingest.Groups{}, fmt.Errorf("groups of the blocked list: %w", classify(err))
	}
	var g ingest.Group
	var list []ingest.Group
	var places []mark
	var place int64
	var all ingest.Groups
	row := []any{&key, &g.Tickets, &g.Messages, &g.Unopened, &g.LikelyWrong, &g.HeldAt, &place, &all.Total, &all.Tickets, &all.Unopened}
	_, err = pgx.ForEachRow(rows, row, func() error {
		if g.Tickets > 0 {
			list, places = append(list, g), append(places, mark{N: place, Key: key})
		}
		return nil
	})
	if err == nil {
		list = list[:min(len(list), limit)]
		err = s.nameGroups(ctx, by, list, places)
	}
	if err == nil {
		all.Unsearched, err = s.unsearchedOf(ctx, f)
	}
	if err != nil {
		return ingest.Groups{}, fmt.Errorf("groups of the blocked list: %w", classify(err))
	}
	all.List = listed(list, places, false)
	return all, nil
}

// nameGroups says what each group is.
func (s *Store) nameGroups(ctx context.Context, by ingest.GroupBy, list []ingest.Group, places []mark) error {
	switch by {
	case ingest.GroupByRule:
		return s.nameRules(ctx, list, places)
	case ingest.GroupByContact:
		return s.nameContacts(ctx, list, places)
	case ingest.GroupByChannel:
		return s.nameChannels(ctx, list, places)
	}
	for i := range list {
		if by == ingest.GroupByDomain {
			list[i].Domain = places[i].Key
		} else {
			list[i].Reason = places[i].Key
		}
	}
	return nil
}

func (s *Store) nameRules(ctx context.Context, list []ingest.Group, places []mark) error {
	of := make([]int64, len(list))
	var ids []int64
	for i := range list {
		reason, system := strings.CutPrefix(places[i].Key, "reason:")
		if system {
			list[i].Reason = reason
			continue
		}
		n, err := strconv.ParseInt(places[i].Key, 10, 64)
		if err != nil {
			return err
		}
		of[i], ids = n, append(ids, n)
	}
	known, err := rulesByID(ctx, s.pool, ids)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Rule = known[of[i]]; list[i].Rule != nil {
			list[i].Reason = list[i].Rule.Reason
		}
	}
	return s.namePersons(ctx, slices.Collect(maps.Values(known))...)
}

func (s *Store) nameContacts(ctx context.Context, list []ingest.Group, places []mark) error {
	ids, at := make([]ingest.ID, len(list)), map[ingest.ID]int{}
	for i := range list {
		id, err := ingest.ParseID(places[i].Key)
		if err != nil {
			return err
		}
		ids[i], at[id] = id, i
	}
	rows, err := s.pool.Query(ctx, sqlContactsNames, ids)
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		c := &ingest.Person{}
		err := row.Scan(&c.ID, &c.Name, &c.Address)
		list[at[c.ID]].Contact = c
		return struct{}{}, err
	})
	return err
}

func (s *Store) nameChannels(ctx context.Context, list []ingest.Group, places []mark) error {
	for i := range list {
		n, err := strconv.ParseInt(places[i].Key, 10, 32)
		if err != nil {
			return err
		}
		c, err := s.channelByID(ctx, int32(n))
		if err != nil {
			return err
		}
		list[i].Channel = c.Name
	}
	return nil
}
