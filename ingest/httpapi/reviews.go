package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type reviewStore interface {
	AskReview(ctx context.Context, contact ingest.ID, reason, actor string) error
	CloseReview(ctx context.Context, contact ingest.ID, actor string) error
}

func (a *api) reviews() {
	route(a, op{does: "POST /contacts/{id}/review", least: ingest.RoleAgent, once: true, status: http.StatusNoContent,
		says: "Asks the supervisors for a second look at what is held of a contact. While one is open another changes nothing."}, a.askReview)
	route(a, op{does: "DELETE /contacts/{id}/review", least: ingest.RoleSupervisor, status: http.StatusNoContent,
		says: "Ends the request for a second look. A release or Unblock All of what is held ends it too."}, a.closeReview)
}

// ReviewInput asks for a review.
type ReviewInput struct {
	ByID
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"100" doc:"a code"`
	}
}

func (a *api) askReview(ctx context.Context, in *ReviewInput) (*Nothing, error) {
	reason := orZero(in.Body).Reason
	if len(reason) > maxReviewReason {
		return nil, badField("reason", "is longer than 100 octets")
	}
	_, err := a.once(ctx, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusNoContent}, a.Store.AskReview(ctx, in.ID, reason, who(ctx).Name)
	})
	return &Nothing{}, err
}

// maxReviewReason bounds a request's reason, in octets.
const maxReviewReason = 100

func (a *api) closeReview(ctx context.Context, in *ByID) (*Nothing, error) {
	return &Nothing{}, a.Store.CloseReview(ctx, in.ID, who(ctx).Name)
}
