package httpapi

import (
	"context"
	"net/http"
	"time"

	"gatehouse/ingest"
)

type endpointActStore interface {
	RotateEndpoint(ctx context.Context, id ingest.ID, key ingest.Secret, keep time.Duration, actor string) error
	PauseEndpoint(ctx context.Context, id ingest.ID, actor string) error
	ResumeEndpoint(ctx context.Context, id ingest.ID, actor string) error
	RetryDeliveries(ctx context.Context, endpoint ingest.ID, actor string) (int, error)
	DropDeliveries(ctx context.Context, endpoint ingest.ID, actor string) (int, error)
	AskReplay(ctx context.Context, o ingest.ReplayOrder) (int64, error)
	Replay(ctx context.Context, id int64) (ingest.Replay, error)
	Replays(ctx context.Context, endpoint ingest.ID) ([]ingest.Replay, error)
}

func (a *api) endpointActs() {
	route(a, op{does: "POST /endpoints/{id}/rotate", least: ingest.RoleAdmin, once: true,
		says: "Gives an endpoint a new secret, shown this once. Requests are signed with the old one too for as long as keep says."}, a.rotateEndpoint)
	route(a, op{does: "POST /endpoints/{id}/pause", least: ingest.RoleAdmin, once: true,
		says: "Has nothing posted for now. Events wait, for as long as they are kept (30 days)."}, a.pauseEndpoint)
	route(a, op{does: "POST /endpoints/{id}/resume", least: ingest.RoleAdmin, once: true,
		says: "Goes on where an endpoint was paused or switched off; nothing between is left out."}, a.resumeEndpoint)
	route(a, op{does: "POST /endpoints/{id}/test", least: ingest.RoleAdmin,
		says: "Posts an event endpoint.test now, signed, whatever the endpoint's state, and answers with what came back. " +
			"Changes nothing, so it takes no Idempotency-Key: asked again, it posts again."}, a.testEndpoint)
	route(a, op{does: "POST /endpoints/{id}/replay", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Delivers the events of a time once more, under the same webhook-ids. 410 gone: they are older than kept."}, a.replayEndpoint)
	route(a, op{does: "GET /endpoints/{id}/replays", least: ingest.RoleSupervisor,
		says: "Lists the last replays of an endpoint, the newest first. One is over when done_at is set."}, a.listReplays)
	route(a, op{does: "POST /endpoints/{id}/dead/retry", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Begins anew with all deliveries that were given up."}, a.retryDeliveries)
	route(a, op{does: "DELETE /endpoints/{id}/dead", least: ingest.RoleAdmin,
		says: "Removes all deliveries that were given up."}, a.dropDeliveries)
}

// onEndpoint does something to an endpoint, and answers with it.
func (a *api) onEndpoint(ctx context.Context, id ingest.ID, status int, do func(context.Context) error) (*Answer[ingest.Endpoint], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: status, Endpoint: id}, do(ctx)
	}, a.endpointAnswer)
}

// RotateInput asks for a new secret.
type RotateInput struct {
	ByID
	Body struct {
		Secret string `json:"secret,omitempty" maxLength:"200" doc:"one is made if it is absent"`
		Keep   string `json:"keep,omitempty" doc:"for how long the old one signs too: a duration as in 24h, which it is by default; 0s: no longer, 168h at most"`
	}
}

// usualKeep is for how long an old secret signs beside the new one, mostKeep at
// most.
const (
	usualKeep = 24 * time.Hour
	mostKeep  = 7 * 24 * time.Hour
)

func (a *api) rotateEndpoint(ctx context.Context, in *RotateInput) (*Answer[ingest.Endpoint], error) {
	keep := usualKeep
	if in.Body.Keep != "" {
		var err error
		if keep, err = time.ParseDuration(in.Body.Keep); err != nil || keep < 0 || keep > mostKeep {
			return nil, badField("keep", "want a duration from 0s to 168h, as in 24h")
		}
	}
	e, err := a.Store.Endpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	key, err := keyFor(e.Scheme, in.Body.Secret)
	if err != nil {
		return nil, err
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		err := a.Store.RotateEndpoint(ctx, in.ID, ingest.Secret(key.Text()), keep, who(ctx).Name)
		return ingest.Outcome{Status: http.StatusOK, Endpoint: in.ID}, err
	}, a.withSecret(key))
}

func (a *api) pauseEndpoint(ctx context.Context, in *ByID) (*Answer[ingest.Endpoint], error) {
	return a.onEndpoint(ctx, in.ID, http.StatusOK, func(ctx context.Context) error { return a.Store.PauseEndpoint(ctx, in.ID, who(ctx).Name) })
}

func (a *api) resumeEndpoint(ctx context.Context, in *ByID) (*Answer[ingest.Endpoint], error) {
	return a.onEndpoint(ctx, in.ID, http.StatusOK, func(ctx context.Context) error { return a.Store.ResumeEndpoint(ctx, in.ID, who(ctx).Name) })
}

// Tested is what came of a test.
type Tested struct {
	OK bool `json:"ok"`
	ingest.Attempt
}

func (a *api) testEndpoint(ctx context.Context, in *ByID) (*Body[Tested], error) {
	if a.Endpoints == nil {
		return nil, conflict("no-endpoints", "this program posts no events")
	}
	got, err := a.Endpoints.Test(ctx, in.ID)
	return body(Tested{got.OK(), got}, err)
}

// ReplayInput is the time whose events are wanted once more.
type ReplayInput struct {
	ByID
	Body struct {
		From  time.Time  `json:"from"`
		Until *time.Time `json:"until,omitempty" doc:"not this moment itself; without it until now"`
		Types []string   `json:"types,omitempty" maxItems:"100" doc:"instead of the endpoint's own"`
	}
}

// eventsKept is for how long the log keeps events.
const eventsKept = 30 * 24 * time.Hour

func (a *api) replayEndpoint(ctx context.Context, in *ReplayInput) (*Answer[ingest.Replay], error) {
	switch now := a.Now(); {
	case in.Body.From.Before(now.Add(-eventsKept)):
		return nil, &Problem{Type: "gone", Status: http.StatusGone, Detail: "from: events are kept for 30 days, and those are older: ask for the last 30 days, and read the rest from conversations and contacts"}
	case in.Body.From.After(now):
		return nil, badField("from", "is yet to come")
	case in.Body.Until != nil && !in.Body.Until.After(in.Body.From):
		return nil, badField("until", "must be after from")
	}
	if err := ingest.CheckPosted(in.Body.Types); err != nil {
		return nil, err
	}
	o := ingest.ReplayOrder{Endpoint: in.ID, From: in.Body.From, Until: in.Body.Until, Types: in.Body.Types, Actor: who(ctx).Name}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, err := a.Store.AskReplay(ctx, o)
		return ingest.Outcome{Status: http.StatusAccepted, Replay: id}, err
	}, a.replayAnswer)
}

func (a *api) replayAnswer(ctx context.Context, out ingest.Outcome) (ingest.Replay, error) {
	return a.Store.Replay(ctx, out.Replay)
}

func (a *api) listReplays(ctx context.Context, in *ByID) (*Body[ingest.List[ingest.Replay]], error) {
	if _, err := a.Store.Endpoint(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := a.Store.Replays(ctx, in.ID)
	return body(ingest.List[ingest.Replay]{Items: list}, err)
}

func (a *api) retryDeliveries(ctx context.Context, in *ByID) (*Answer[ingest.Endpoint], error) {
	return a.onEndpoint(ctx, in.ID, http.StatusAccepted, func(ctx context.Context) error {
		_, err := a.Store.RetryDeliveries(ctx, in.ID, who(ctx).Name)
		return err
	})
}

func (a *api) dropDeliveries(ctx context.Context, in *ByID) (*Nothing, error) {
	_, err := a.Store.DropDeliveries(ctx, in.ID, who(ctx).Name)
	return &Nothing{}, err
}
