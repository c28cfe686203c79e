package httpapi

import (
	"context"
	"net/http"
	"time"

	"gatehouse/ingest"
)

type holdStore interface {
	SetLegalHold(ctx context.Context, o ingest.HoldOrder) error
	LiftLegalHold(ctx context.Context, contact ingest.ID, actor string) error
}

func (a *api) holds() {
	route(a, op{does: "POST /contacts/{id}/legal-hold", least: ingest.RoleAdmin, once: true, status: http.StatusOK,
		says: "Puts a contact under a legal hold, or changes its terms: nothing of theirs is erased, deleted by retention or by Delete All " +
			"while it stands. Orders to delete skip what it covers, and get 423 legal-hold if they name nothing else."}, a.setHold)
	route(a, op{does: "DELETE /contacts/{id}/legal-hold", least: ingest.RoleAdmin, status: http.StatusNoContent,
		says: "Lifts a contact's legal hold. Retention goes on with what is past its time."}, a.liftHold)
}

// HoldInput puts a contact under a legal hold.
type HoldInput struct {
	ByID
	Body struct {
		Reason string     `json:"reason" minLength:"1" maxLength:"200" doc:"a code, as the number of a case: it is shown to whoever reads the contact"`
		Until  *time.Time `json:"until,omitempty" doc:"when it ends by itself; without it, when it is lifted"`
	}
}

func (a *api) setHold(ctx context.Context, in *HoldInput) (*Answer[ingest.Contact], error) {
	o := ingest.HoldOrder{Contact: in.ID, Reason: in.Body.Reason, Until: in.Body.Until, Actor: who(ctx).Name}
	if o.Until != nil && !o.Until.After(a.Now()) {
		return nil, badField("until", "has passed: give a time that is to come, or none")
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusOK, Contact: in.ID}, a.Store.SetLegalHold(ctx, o)
	}, a.contactAnswer)
}

func (a *api) liftHold(ctx context.Context, in *ByID) (*Nothing, error) {
	return &Nothing{}, a.Store.LiftLegalHold(ctx, in.ID, who(ctx).Name)
}
