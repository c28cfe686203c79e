package channeltest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Store is a store in memory that keeps the promises of the real one: all of a
// batch or nothing, repeats by key, other content under a known key dead,
// cursors that move with their messages, leases that fence. It fails on demand.
// It is safe for concurrent use.
type Store struct {
	mu       sync.Mutex
	messages []Stored
	keys     map[string]int // channel and key: place in messages
	cursors  map[string]string
	leases   map[string]lease
	attempts map[string]int
	health   map[string][]ingest.Health
	batches  []int
	failures []failure
	before   func(ingest.Batch)
	reject   func(ingest.Arrival) bool
	ban      func(ingest.Arrival) int64
	join     func(ingest.PartSet) ingest.Arrival
	parts    []storedPart // that wait, in order of commit
	lost     map[string][]int
}

var _ channels.Store = (*Store)(nil)

// Stored is one message of a Store.
type Stored struct {
	ID      ingest.ID
	State   ingest.State // received, refused or dead
	Arrival ingest.Arrival
	Repeats int // how often it came again

	mailbox string
	era     int64
}

type lease struct {
	token    int64
	holder   string
	until    time.Time
	released bool
}

type failure struct {
	err    error
	stored bool
}

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{
		keys: map[string]int{}, cursors: map[string]string{},
		leases: map[string]lease{}, attempts: map[string]int{}, health: map[string][]ingest.Health{}, lost: map[string][]int{},
	}
}

// FailNext makes the next Receive fail with err, and store nothing.
func (s *Store) FailNext(err error) { s.fail(failure{err: err}) }

// LoseAnswer makes the next Receive store its batch and fail with err all the
// same, as when the connection breaks during the commit.
func (s *Store) LoseAnswer(err error) { s.fail(failure{err: err, stored: true}) }

func (s *Store) fail(f failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, f)
}

// Reject makes every batch with an arrival for which bad holds, and which has
// no Problem, fail as invalid.
func (s *Store) Reject(bad func(ingest.Arrival) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reject = bad
}

// Ban sets which rule refuses an arrival whatever its adapter thinks; 0: none does.
func (s *Store) Ban(rule func(ingest.Arrival) int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ban = rule
}

// Before calls f at the beginning of each Receive, outside of all locks: it
// may block.
func (s *Store) Before(f func(ingest.Batch)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// Messages are those stored, in order of commit.
func (s *Store) Messages() []Stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Batches are the sizes of the batches stored, in order of commit.
func (s *Store) Batches() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.batches)
}

// Health is what was reported of a channel, in order.
func (s *Store) Health(channel string) []ingest.Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.health[channel])
}

// Receive is the real store's.
func (s *Store) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return ingest.Receipt{}, ingest.AsTemporary(err)
	}
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var f failure
	if len(s.failures) > 0 {
		f, s.failures = s.failures[0], s.failures[1:]
	}
	if f.err != nil && !f.stored {
		return ingest.Receipt{}, f.err
	}
	receipt, err := s.receive(b)
	if err == nil && f.err != nil {
		return ingest.Receipt{}, f.err
	}
	return receipt, err
}

func (s *Store) receive(b ingest.Batch) (ingest.Receipt, error) {
	for _, a := range b.Arrivals {
		switch {
		case a.Message.Channel == "" || a.Message.Family == ingest.Unknown || len(a.Keys) == 0:
			return ingest.Receipt{}, fmt.Errorf("an arrival without channel, family or keys: %v", a.Keys)
		case a.Problem == "" && s.reject != nil && s.reject(a):
			return ingest.Receipt{}, ingest.AsInvalid(fmt.Errorf("message %q is refused", a.Keys[0]))
		}
	}
	if err := s.move(b.Move); err != nil {
		return ingest.Receipt{}, err
	}
	var receipt ingest.Receipt
	for _, a := range b.Arrivals {
		if s.ban != nil && a.Problem == "" && a.Refused == 0 {
			a.Refused = s.ban(a)
		}
		if a.Part != nil && a.Problem == "" && a.Refused == 0 {
			if err := a.Part.Check(a.Raw); err != nil {
				return ingest.Receipt{}, err
			}
			receipt.Results = append(receipt.Results, s.putPart(a))
			continue
		}
		receipt.Results = append(receipt.Results, s.put(a, b.Move))
	}
	s.batches = append(s.batches, len(b.Arrivals))
	if len(b.Arrivals) > 0 {
		receipt.Lanes = []int{len(s.messages) & 63}
	}
	return receipt, nil
}

// move checks a move's guard and moves the cursor.
func (s *Store) move(m *ingest.Move) error {
	if m == nil {
		return nil
	}
	place := m.Channel + "\x00" + m.Mailbox
	if s.leases[m.Channel].token != m.Fence || s.cursors[place] != m.From {
		return fmt.Errorf("move %s %s from %q: %w", m.Channel, m.Mailbox, m.From, ingest.ErrFenced)
	}
	s.cursors[place] = m.To
	return nil
}
