package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// channelStates are asked when somebody collects metrics: what state a channel
// is in is the database's to say, whichever process polls it.
type channelStates struct{ *App }

var channelState = prometheus.NewDesc("gatehouse_channel_state",
	"1 for the state that a channel is in: ok, paused, needs_reauth, failing, rejecting, silent or retired.", []string{"channel", "state"}, nil)

var channelUnknown = prometheus.NewDesc("gatehouse_channel_unknown_seconds",
	"Time within which the provider may have called in vain and cannot be asked, until somebody settles it.", []string{"channel"}, nil)

// statesTimeout is how long the database may take to tell.
const statesTimeout = 2 * time.Second

// Describe is prometheus.Collector's.
func (channelStates) Describe(to chan<- *prometheus.Desc) {
	to <- channelState
	to <- channelUnknown
}

// Collect gives nothing while the database is away.
func (c channelStates) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statesTimeout)
	defer cancel()
	list, err := c.Store.Health(ctx, "")
	if err != nil {
		c.Log.Debug("states of channels not collected", "error", err)
		return
	}
	for _, ch := range list {
		to <- prometheus.MustNewConstMetric(channelState, prometheus.GaugeValue, 1, ch.Name, ch.State)
		unknown := time.Duration(0)
		for _, u := range ch.Unknown {
			unknown += u.Until.Sub(u.From)
		}
		to <- prometheus.MustNewConstMetric(channelUnknown, prometheus.GaugeValue, unknown.Seconds(), ch.Name)
	}
}
