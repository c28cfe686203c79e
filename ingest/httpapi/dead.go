package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type deadStore interface {
	Dead(ctx context.Context, f ingest.MessageFilter) (ingest.List[ingest.Stored], error)
	RetryDead(ctx context.Context, id ingest.ID, read *ingest.Message, actor string) error
	PurgeDead(ctx context.Context, id ingest.ID, actor string) error
}

func (a *api) dead() {
	route(a, op{does: "GET /dead", least: ingest.RoleSupervisor,
		says: "Lists messages that could not be read or settled, newest first."}, a.listDead)
	route(a, op{does: "GET /dead/{id}/raw", least: ingest.RoleAdmin, says: "Returns a dead message as it came."}, a.getDeadRaw)
	route(a, op{does: "POST /dead/{id}/retry", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Sends a dead message on its way again. 422 if it still cannot be read."}, a.retryDead)
	route(a, op{does: "DELETE /dead/{id}", least: ingest.RoleAdmin, says: "Deletes a dead message for good."}, a.deleteDead)
}

// DeadInput chooses dead messages.
type DeadInput struct {
	Paging
	Channel string `query:"channel"`
	Reason  string `query:"reason"`
}

func (a *api) listDead(ctx context.Context, in *DeadInput) (*Body[ingest.List[ingest.Record]], error) {
	if err := a.onChannel(ctx, "channel", in.Channel); err != nil {
		return nil, err
	}
	return body(a.records(ctx)(a.Store.Dead(ctx, ingest.MessageFilter{Part: in.part(), Channel: in.Channel, Reason: ingest.Reason(in.Reason)})))
}

// deadOne returns a message if it is dead.
func (a *api) deadOne(ctx context.Context, id ingest.ID) (ingest.Stored, error) {
	m, err := a.Store.Message(ctx, id)
	if err == nil && m.State != ingest.Dead {
		err = errUnknown
	}
	return m, err
}

func (a *api) getDeadRaw(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	m, err := a.deadOne(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.sendRaw(ctx, m)
}

// Moved says where a message is now.
type Moved struct {
	ID    ingest.ID    `json:"id"`
	State ingest.State `json:"state"`
}

func (a *api) moved(ctx context.Context, out ingest.Outcome) (Moved, error) {
	m, err := a.Store.Message(ctx, out.Message)
	return Moved{out.Message, m.State}, err
}

func (a *api) retryDead(ctx context.Context, in *ByID) (*Answer[Moved], error) {
	m, err := a.deadOne(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	read, err := a.readAgain(ctx, m)
	if err != nil {
		return nil, err
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusAccepted, Message: m.ID}, a.Store.RetryDead(ctx, m.ID, read, who(ctx).Name)
	}, a.moved)
}

// readAgain reads what could not be read before or could not be stored as it
// was read, nil for the rest.
func (a *api) readAgain(ctx context.Context, m ingest.Stored) (*ingest.Message, error) {
	switch m.Reason {
	case ingest.ReasonUnreadable, ingest.ReasonCrashed, ingest.ReasonRejected:
	default:
		return nil, nil
	}
	var read ingest.Message
	err := a.withRaw(ctx, m, func(raw []byte) (err error) {
		if raw == nil || a.Reread == nil {
			return stillUnreadable("its bytes cannot be read by this program")
		}
		if read, err = a.Reread(m.Kind, raw); err != nil {
			return stillUnreadable("it still cannot be read")
		}
		return nil
	})
	read.Family = m.Family
	return &read, err
}

func stillUnreadable(says string) *Problem {
	return &Problem{Type: "still-unreadable", Status: http.StatusUnprocessableEntity, Detail: says}
}

func (a *api) deleteDead(ctx context.Context, in *ByID) (*Nothing, error) {
	return &Nothing{}, a.Store.PurgeDead(ctx, in.ID, who(ctx).Name)
}
