package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// channel is a registered channel as the store needs it in every transaction.
type channel struct {
	ID     int32
	Name   string
	Kind   string
	Family ingest.Family
}

var (
	sqlChannelRegister = statement("channel_register")
	sqlChannelsKnown   = statement("channels_known")
	sqlChannelsPaused  = statement("channels_paused")
)

// Register makes a channel known under its name, or finds it. Programs with a
// configuration use Arrange.
func (s *Store) Register(ctx context.Context, name, kind string, family ingest.Family) error {
	if _, err := s.pool.Exec(ctx, sqlChannelRegister, name, kind, string(family)); err != nil {
		return fmt.Errorf("register channel %s: %w", name, classify(err))
	}
	return s.learnChannels(ctx, s.pool)
}

// learnChannels reads all channels anew. Names that are gone were changed, for
// no channel is ever removed: whoever still goes by them means the same channel.
func (s *Store) learnChannels(ctx context.Context, q querier) error {
	rows, err := q.Query(ctx, sqlChannelsKnown)
	if err != nil {
		return classify(err)
	}
	known, err := pgx.CollectRows(rows, pgx.RowToStructByPos[channel])
	if err != nil {
		return classify(err)
	}
	byName, byID := make(map[string]channel, len(known)), make(map[int32]channel, len(known))
	for _, c := range known {
		byName[c.Name], byID[c.ID] = c, c
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, c := range s.channels {
		if _, taken := byName[name]; !taken {
			byName[name] = byID[c.ID]
		}
	}
	s.channels, s.numbers = byName, byID
	return nil
}

// channel finds a registered channel by name.
func (s *Store) channel(ctx context.Context, name string) (channel, error) {
	return find(ctx, s, name, func() map[string]channel { return s.channels })
}

// channelByID finds a channel by the number that rows carry.
func (s *Store) channelByID(ctx context.Context, id int32) (channel, error) {
	return find(ctx, s, id, func() map[int32]channel { return s.numbers })
}

// find looks a channel up, asking the database once if it is not known here.
func find[K comparable](ctx context.Context, s *Store, key K, known func() map[K]channel) (channel, error) {
	for try := 0; ; try++ {
		s.mu.RLock()
		c, ok := known()[key]
		s.mu.RUnlock()
		if ok {
			return c, nil
		}
		if try > 0 {
			return channel{}, fmt.Errorf("channel %v: %w", key, ingest.ErrNotFound)
		}
		if err := s.learnChannels(ctx, s.pool); err != nil {
			return channel{}, err
		}
	}
}

// familyOf is the family of a channel that is known here.
func (s *Store) familyOf(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return string(s.channels[name].Family)
}

// Paused names the channels that an administrator has paused.
func (s *Store) Paused(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, sqlChannelsPaused)
	if err != nil {
		return nil, classify(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, classify(err)
}
