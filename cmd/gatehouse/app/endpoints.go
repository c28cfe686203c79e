package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/safehttp"
	"gatehouse/queue/outbound"
)

// postingIdle is how many connections to one endpoint are kept: as many tries
// are under way at once.
const postingIdle = 8

// mayPost is what the configuration lets the program post to.
func mayPost(c config.Endpoints) safehttp.Options {
	return safehttp.Options{Allow: c.Allowed, Ports: portsOf(c.Ports), Timeout: outbound.TryTime, Stall: outbound.TryTime, Idle: postingIdle}
}

// posting is the store and the sender as the queue has them.
type posting struct {
	*postgres.Store
	*outbound.Sender
}

// endpoints is what the API asks about posting.
func (a *App) endpoints() endpoints { return endpoints{a.poster, a.sender} }

type endpoints struct {
	*safehttp.Client
	*outbound.Sender
}

// endpointStates are asked when somebody collects metrics, as channelStates.
type endpointStates struct{ *App }

var (
	endpointState = prometheus.NewDesc("gatehouse_endpoint_state",
		"1 for the state that an endpoint is in: ok, failing, paused or off.", []string{"endpoint", "state"}, nil)
	endpointLag = prometheus.NewDesc("gatehouse_endpoint_lag_seconds",
		"Age of the oldest event that waits for an endpoint.", []string{"endpoint"}, nil)
	endpointWaiting = prometheus.NewDesc("gatehouse_endpoint_deliveries",
		"Deliveries of an endpoint that wait, or were given up.", []string{"endpoint", "state"}, nil)
)

// Describe is prometheus.Collector's.
func (endpointStates) Describe(to chan<- *prometheus.Desc) {
	to <- endpointState
	to <- endpointLag
	to <- endpointWaiting
}

// Collect gives nothing while the database is away.
func (c endpointStates) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statesTimeout)
	defer cancel()
	list, err := c.Store.Endpoints(ctx)
	if err != nil {
		c.Log.Debug("states of endpoints not collected", "error", err)
		return
	}
	for _, e := range list {
		id := e.ID.String()
		to <- prometheus.MustNewConstMetric(endpointState, prometheus.GaugeValue, 1, id, e.State)
		to <- prometheus.MustNewConstMetric(endpointLag, prometheus.GaugeValue, float64(e.LagS), id)
		to <- prometheus.MustNewConstMetric(endpointWaiting, prometheus.GaugeValue, float64(e.Pending), id, "pending")
		to <- prometheus.MustNewConstMetric(endpointWaiting, prometheus.GaugeValue, float64(e.Dead), id, "dead")
	}
}
