package channels

import (
	"context"
	"errors"

	"gatehouse/ingest"
)

// Reception is the program's Intake: a Group that stores, the Budget of what is
// pushed, which is not that of the pollers, and the rules in memory.
type Reception struct {
	*Group
	*Budget
	// StandingOf is Intake.Standing.
	StandingOf func(ctx context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error)
}

// Standing is what the rules say of a visitor at this address, from memory.
func (r *Reception) Standing(ctx context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
	return r.StandingOf(ctx, channel, ids, ip)
}

// ErrPaused is the temporary error of an Intake whose channel an administrator
// has paused.
var ErrPaused = ingest.AsTemporary(errors.New("the channel is paused"))

// gate is an Intake that takes nothing while its channel is paused, and writes
// the channel on what it takes.
type gate struct {
	Intake
	channel string
	family  ingest.Family
	paused  func() bool
}

func (g gate) Receive(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	if g.paused() {
		return ingest.Receipt{}, ErrPaused
	}
	address(arrivals, g.channel, g.family)
	return g.Intake.Receive(ctx, arrivals)
}
