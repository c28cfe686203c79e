package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type deliveryStore interface {
	Deliveries(ctx context.Context, f ingest.DeliveryFilter) (ingest.List[ingest.EventDelivery], error)
	EventDelivery(ctx context.Context, id int64) (ingest.EventDelivery, error)
	RetryDelivery(ctx context.Context, id int64, actor string) error
	DropDelivery(ctx context.Context, id int64, actor string) error
}

func (a *api) deliveries() {
	route(a, op{does: "GET /deliveries", least: ingest.RoleSupervisor,
		says: "Lists deliveries of events to endpoints, the newest first. They are kept as long as their events (30 days)."}, a.listDeliveries)
	route(a, op{does: "GET /deliveries/{id}", least: ingest.RoleSupervisor,
		says: "Returns a delivery with its last 20 attempts."}, a.getDelivery)
	route(a, op{does: "POST /deliveries/{id}/retry", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Begins anew with a delivery that was given up. 409: it was not."}, a.retryDelivery)
	route(a, op{does: "DELETE /deliveries/{id}", least: ingest.RoleAdmin,
		says: "Removes a delivery that was given up. 409: it was not."}, a.dropDelivery)
}

// DeliveriesInput chooses deliveries.
type DeliveriesInput struct {
	Paging
	Endpoint ingest.ID `query:"endpoint_id"`
	State    string    `query:"state" enum:"pending,delivered,dead"`
	Event    string    `query:"event_id" doc:"id of an event, which is also its webhook-id"`
}

func (a *api) listDeliveries(ctx context.Context, in *DeliveriesInput) (*Body[ingest.List[ingest.EventDelivery]], error) {
	return body(a.Store.Deliveries(ctx, ingest.DeliveryFilter{Part: in.part(), Endpoint: in.Endpoint, State: in.State, Event: in.Event}))
}

func (a *api) getDelivery(ctx context.Context, in *ByNumber) (*Body[ingest.EventDelivery], error) {
	return body(a.Store.EventDelivery(ctx, in.ID))
}

func (a *api) retryDelivery(ctx context.Context, in *ByNumber) (*Answer[ingest.EventDelivery], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		err := a.Store.RetryDelivery(ctx, in.ID, who(ctx).Name)
		return ingest.Outcome{Status: http.StatusAccepted, Delivery: in.ID}, err
	}, a.deliveryAnswer)
}

func (a *api) deliveryAnswer(ctx context.Context, out ingest.Outcome) (ingest.EventDelivery, error) {
	return a.Store.EventDelivery(ctx, out.Delivery)
}

func (a *api) dropDelivery(ctx context.Context, in *ByNumber) (*Nothing, error) {
	return &Nothing{}, a.Store.DropDelivery(ctx, in.ID, who(ctx).Name)
}
