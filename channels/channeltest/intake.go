package channeltest

import (
	"context"
	"sync"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Intake is the intake of pushed messages over a Store, for one channel.
type Intake struct {
	Store   *Store
	Channel string
	Family  ingest.Family

	group  *channels.Group
	budget *channels.Budget
	mu     sync.Mutex
	rules  map[string]ingest.Standing
}

var _ channels.Intake = (*Intake)(nil)

// NewIntake returns an intake with room for 64 MiB.
func NewIntake(s *Store, channel string, family ingest.Family) *Intake {
	return &Intake{
		Store: s, Channel: channel, Family: family,
		group: channels.NewGroup(s, nil), budget: channels.NewBudget(64 << 20), rules: map[string]ingest.Standing{},
	}
}

// Say sets what Standing answers for an identity's key ("visitor:v1") or for an
// IP address.
func (i *Intake) Say(of string, s ingest.Standing) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules[of] = s
}

// Receive stores the arrivals in one batch, as the program's own intake does.
func (i *Intake) Receive(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	for n := range arrivals {
		arrivals[n].Message.Channel, arrivals[n].Message.Family = i.Channel, i.Family
	}
	return i.group.Receive(ctx, arrivals)
}

// Wait returns when nothing is being stored.
func (i *Intake) Wait() { i.group.Wait() }

// Standing is what was said of the first of ids that joins, else of the address.
func (i *Intake) Standing(_ context.Context, _ string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, id := range ids {
		if s, ok := i.rules[id.Key()]; ok && id.Joins() {
			return s, nil
		}
	}
	if s, ok := i.rules[ip]; ok {
		return s, nil
	}
	return ingest.StandingUnder(nil), nil
}

// Share is one request's memory.
func (i *Intake) Share() *channels.Share { return i.budget.Share() }
