package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/ingest"
)

type backfillStore interface {
	AskBackfill(ctx context.Context, o ingest.BackfillOrder) (int64, error)
	Backfill(ctx context.Context, channel string, id int64) (ingest.Backfill, error)
	Backfills(ctx context.Context, channel string, limit int) ([]ingest.Backfill, error)
}

func (a *api) backfills() {
	route(a, op{does: "POST /channels/{name}/backfill", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Has the channel's provider asked for the messages of a time, soon: see the GET. What nobody knows of is taken, with dry_run only counted. " +
			"422 no-list: the provider cannot be asked."}, a.askBackfill)
	route(a, op{does: "GET /channels/{name}/backfill", least: ingest.RoleSupervisor,
		says: "Lists the last times that the channel's provider was asked by order, and what came of it, the newest first."}, a.listBackfills)
	route(a, op{does: "GET /channels/{name}/backfill/{id}", least: ingest.RoleSupervisor,
		says: "Says what came of such an order. It has ended when done_at is set."}, a.getBackfill)
}

// BackfillInput is the time to ask for.
type BackfillInput struct {
	ByName
	Body struct {
		Since  time.Time  `json:"since"`
		Until  *time.Time `json:"until,omitempty" doc:"not this moment itself; without it until now"`
		DryRun bool       `json:"dry_run,omitempty" doc:"count, and store nothing"`
	}
}

func (a *api) askBackfill(ctx context.Context, in *BackfillInput) (*Answer[*ingest.Backfill], error) {
	if err := a.lists(ctx, in.Name); err != nil {
		return nil, err
	}
	now := a.Now()
	o := ingest.BackfillOrder{Channel: in.Name, Since: in.Body.Since, Until: now, DryRun: in.Body.DryRun, Actor: who(ctx).Name}
	if in.Body.Until != nil {
		o.Until = *in.Body.Until
	}
	if err := o.Check(now); err != nil {
		return nil, badField("since", err.Error())
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, err := a.Store.AskBackfill(ctx, o)
		return ingest.Outcome{Status: http.StatusAccepted, Backfill: id}, err
	}, a.backfillAnswer)
}

func (a *api) backfillAnswer(ctx context.Context, out ingest.Outcome) (*ingest.Backfill, error) {
	b, err := a.Store.Backfill(ctx, "", out.Backfill)
	return &b, err
}

// lists refuses a channel whose provider cannot be asked.
func (a *api) lists(ctx context.Context, name string) error {
	ch, err := a.getChannel(ctx, &ByName{name})
	switch {
	case err != nil:
		return err
	case ch.Body.State == "retired":
		return conflict("retired", "channel "+name+" is retired: nobody asks its provider any more")
	case !slices.Contains(a.Listers, ch.Body.Kind):
		return &Problem{Type: "no-list", Status: http.StatusUnprocessableEntity, Detail: "channel " + name + " is of kind " + ch.Body.Kind +
			", whose messages cannot be asked for again; those of these kinds can: " + strings.Join(a.Listers, ", ")}
	}
	return nil
}

// lastBackfills is how many orders of a channel are shown.
const lastBackfills = 50

func (a *api) listBackfills(ctx context.Context, in *ByName) (*Body[ingest.List[ingest.Backfill]], error) {
	if _, err := a.getChannel(ctx, in); err != nil {
		return nil, err
	}
	list, err := a.Store.Backfills(ctx, in.Name, lastBackfills)
	return body(ingest.List[ingest.Backfill]{Items: list}, err)
}

// BackfillOf is an order in a path.
type BackfillOf struct {
	ByName
	ID int64 `path:"id"`
}

func (a *api) getBackfill(ctx context.Context, in *BackfillOf) (*Body[ingest.Backfill], error) {
	return body(a.Store.Backfill(ctx, in.Name, in.ID))
}
