package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gatehouse/ingest"
)

type alertStore interface {
	Alerts(ctx context.Context, all bool, p ingest.Part) (ingest.List[ingest.Alert], error)
	AlertOf(ctx context.Context, id ingest.ID) (ingest.Alert, error)
	MuteAlert(ctx context.Context, id ingest.ID, until time.Time, actor string) error
}

func (a *api) alerts() {
	route(a, op{does: "GET /alerts", least: ingest.RoleSupervisor,
		says: "Lists alerts, those that stand first, the newest of them first. Those that are over are kept for 90 days."}, a.listAlerts)
	route(a, op{does: "POST /alerts/{id}/mute", least: ingest.RoleSupervisor, once: true,
		says: "Ends the reminders of an alert until a time; one that is past has them begin again. It is still told when it is over. 409: it is over."}, a.muteAlert)
}

// AlertsInput chooses alerts.
type AlertsInput struct {
	Paging
	State string `query:"state" enum:"open,all" default:"open" doc:"open: those that stand"`
}

func (a *api) listAlerts(ctx context.Context, in *AlertsInput) (*Body[ingest.List[ingest.Alert]], error) {
	return body(a.Store.Alerts(ctx, in.State == "all", in.part()))
}

// MuteInput says until when nobody is reminded.
type MuteInput struct {
	ByID
	Body struct {
		Until time.Time `json:"until" doc:"before when nobody is reminded"`
	}
}

func (a *api) muteAlert(ctx context.Context, in *MuteInput) (*Answer[ingest.Alert], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		err := a.Store.MuteAlert(ctx, in.ID, in.Body.Until, who(ctx).Name)
		if errors.Is(err, ingest.ErrConflict) {
			err = conflict("alert-over", "the alert is over, nobody is reminded of it: list those that stand with GET /alerts")
		}
		return ingest.Outcome{Status: http.StatusOK, Alert: in.ID}, err
	}, a.alertAnswer)
}

func (a *api) alertAnswer(ctx context.Context, out ingest.Outcome) (ingest.Alert, error) {
	return a.Store.AlertOf(ctx, out.Alert)
}
