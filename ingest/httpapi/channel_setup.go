package httpapi

import (
	"context"
	"errors"

	"gatehouse/ingest"
)

func (a *api) getSetup(ctx context.Context, in *ByName) (*Body[ingest.ChannelSetup], error) {
	if _, err := a.Store.Channel(ctx, in.Name); err != nil {
		return nil, err
	}
	var setup ingest.ChannelSetup
	var err error
	if a.Setup != nil {
		setup, err = a.Setup(in.Name)
	}
	if err == nil {
		setup.Can, err = a.takes(ctx, in.Name)
	}
	return body(setup, err)
}

// takes are the orders that a channel would not refuse for what it is.
func (a *api) takes(ctx context.Context, channel string) (can []string, err error) {
	_, err = a.Store.Reconciliation(ctx, channel)
	if errors.Is(err, ingest.ErrNothing) {
		err = conflict("no-source", "")
	}
	for _, order := range []struct {
		name    string
		refused error
	}{{"reconcile", err}, {"backfill", a.lists(ctx, channel)}, {"auth", a.mayAsk(ctx, channel)}} {
		var p *Problem
		switch {
		case order.refused == nil:
			can = append(can, order.name)
		case !errors.As(order.refused, &p):
			return nil, order.refused
		}
	}
	return can, nil
}
