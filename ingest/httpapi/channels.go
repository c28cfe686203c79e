package httpapi

import (
	"context"
	"fmt"

	"gatehouse/ingest"
)

type channelStore interface {
	Health(ctx context.Context, channel string) ([]ingest.ChannelHealth, error)
	Pause(ctx context.Context, channel string, paused bool, actor string) error
}

func (a *api) channels() {
	route(a, op{does: "GET /channels", least: ingest.RoleSupervisor, says: "Lists the channels and how they do."}, a.listChannels)
	route(a, op{does: "GET /channels/{name}", least: ingest.RoleSupervisor, says: "Says how a channel does."}, a.getChannel)
	route(a, op{does: "POST /channels/{name}/pause", least: ingest.RoleAdmin,
		says: "Stops a channel from taking messages; providers are told to try again."}, a.pause(true))
	route(a, op{does: "POST /channels/{name}/resume", least: ingest.RoleAdmin, says: "Lets a channel go on."}, a.pause(false))
}

// onChannel refuses a filter by a channel that there is not: an empty list would
// pass for an answer. The empty name filters nothing.
func (a *api) onChannel(ctx context.Context, field, name string) error {
	if name == "" {
		return nil
	}
	list, err := a.Store.Health(ctx, name)
	if err == nil && len(list) == 0 {
		err = badField(field, fmt.Sprintf("there is no channel %q", name))
	}
	return err
}

// ByName is the channel in a path.
type ByName struct {
	Name string `path:"name"`
}

func (a *api) listChannels(ctx context.Context, _ *struct{}) (*Body[ingest.List[ingest.ChannelHealth]], error) {
	list, err := a.Store.Health(ctx, "")
	return body(ingest.List[ingest.ChannelHealth]{Items: list}, err)
}

func (a *api) getChannel(ctx context.Context, in *ByName) (*Body[ingest.ChannelHealth], error) {
	list, err := a.Store.Health(ctx, in.Name)
	if err != nil || len(list) == 0 {
		return nil, orElse(err, errUnknown)
	}
	return body(list[0], nil)
}

func (a *api) pause(paused bool) func(context.Context, *ByName) (*Body[ingest.ChannelHealth], error) {
	return func(ctx context.Context, in *ByName) (*Body[ingest.ChannelHealth], error) {
		if err := a.Store.Pause(ctx, in.Name, paused, who(ctx).Name); err != nil {
			return nil, err
		}
		return a.getChannel(ctx, in)
	}
}
