package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gatehouse/ingest"
)

type channelStore interface {
	Health(ctx context.Context, channel string) ([]ingest.ChannelHealth, error)
	Channel(ctx context.Context, name string) (ingest.ChannelDetail, error)
	SettleUnknown(ctx context.Context, channel, actor string) error
	Pause(ctx context.Context, channel string, paused bool, actor string) error
	AskReconciliation(ctx context.Context, channel, actor string) (ingest.Reconciliation, error)
	Reconciliation(ctx context.Context, channel string) (ingest.Reconciliation, error)
}

func (a *api) channels() {
	route(a, op{does: "GET /channels", least: ingest.RoleSupervisor, says: "Lists the channels and how they do."}, a.listChannels)
	route(a, op{does: "GET /channels/{name}", least: ingest.RoleSupervisor,
		says: "Says how a channel does, and of one that is pushed to which requests were refused, why, and which secrets are in use."}, a.getChannel)
	route(a, op{does: "GET /channels/{name}/setup", least: ingest.RoleSupervisor,
		says: "Says what is to be done at the channel's provider, above all which URL it is to call, what the configuration has of the channel but its secrets, " +
			"and which orders the channel takes."}, a.getSetup)
	route(a, op{does: "POST /channels/{name}/unknown/settle", least: ingest.RoleAdmin, status: http.StatusOK, once: true,
		says: "Takes down the hours of which it is not known what the provider had to say: somebody has looked after them."}, a.settleUnknown)
	route(a, op{does: "POST /channels/{name}/pause", least: ingest.RoleAdmin,
		says: "Stops a channel from taking messages; providers are told to try again."}, a.pause(true))
	route(a, op{does: "POST /channels/{name}/resume", least: ingest.RoleAdmin, says: "Lets a channel go on."}, a.pause(false))
	route(a, op{does: "POST /channels/{name}/reconcile", least: ingest.RoleAdmin, status: http.StatusAccepted,
		says: "Has a mailbox compared with what became of its mail, soon: see the GET. What nobody knows of is taken. " +
			"409 no-source if the channel has none to ask."}, a.askReconciliation)
	route(a, op{does: "GET /channels/{name}/reconcile", least: ingest.RoleSupervisor,
		says: "Says where every mail is that the channel's mailbox has, by the last time it was looked through: each night, and when asked for. " +
			"It is done when done_at is after asked_at."}, a.getReconciliation)
}

func (a *api) askReconciliation(ctx context.Context, in *ByName) (*Body[ingest.Reconciliation], error) {
	return a.reconciliation(ctx, in, func() (ingest.Reconciliation, error) { return a.Store.AskReconciliation(ctx, in.Name, who(ctx).Name) })
}

func (a *api) getReconciliation(ctx context.Context, in *ByName) (*Body[ingest.Reconciliation], error) {
	return a.reconciliation(ctx, in, func() (ingest.Reconciliation, error) { return a.Store.Reconciliation(ctx, in.Name) })
}

func (a *api) reconciliation(ctx context.Context, in *ByName, do func() (ingest.Reconciliation, error)) (*Body[ingest.Reconciliation], error) {
	if _, err := a.getChannel(ctx, in); err != nil {
		return nil, err
	}
	r, err := do()
	if errors.Is(err, ingest.ErrNothing) {
		return nil, conflict("no-source", "channel "+in.Name+" has no mailbox that could be looked through")
	}
	return body(r, err)
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

func (a *api) getChannel(ctx context.Context, in *ByName) (*Body[ingest.ChannelDetail], error) {
	return body(a.Store.Channel(ctx, in.Name))
}

func (a *api) settleUnknown(ctx context.Context, in *ByName) (*Answer[*ingest.ChannelDetail], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusOK, Channel: in.Name}, a.Store.SettleUnknown(ctx, in.Name, who(ctx).Name)
	}, a.channelAnswer)
}

func (a *api) channelAnswer(ctx context.Context, out ingest.Outcome) (*ingest.ChannelDetail, error) {
	d, err := a.Store.Channel(ctx, out.Channel)
	return &d, err
}

func (a *api) pause(paused bool) func(context.Context, *ByName) (*Body[ingest.ChannelDetail], error) {
	return func(ctx context.Context, in *ByName) (*Body[ingest.ChannelDetail], error) {
		if err := a.Store.Pause(ctx, in.Name, paused, who(ctx).Name); err != nil {
			return nil, err
		}
		return a.getChannel(ctx, in)
	}
}
