package app

import (
	"context"
	"os"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"gatehouse/ingest"
)

// disk is the room on the file system that the process works in; nil if the
// system does not tell.
func (a *App) disk() *ingest.Disk {
	var s syscall.Statfs_t
	host, err := os.Hostname()
	if err == nil {
		err = syscall.Statfs(".", &s)
	}
	if err != nil {
		a.Log.Debug("room on the disk not known", "error", err)
		return nil
	}
	size := s.Blocks - s.Bfree + s.Bavail // without what only the superuser may use, as df
	return &ingest.Disk{Host: host, Free: int64(s.Bavail) * int64(s.Bsize), Size: int64(size) * int64(s.Bsize)}
}

// alertCounts are asked when somebody collects metrics, as channelStates.
type alertCounts struct{ *App }

var alertsOpen = prometheus.NewDesc("gatehouse_alerts", "Alerts that stand, by what they are about.", []string{"kind"}, nil)

// Describe is prometheus.Collector's.
func (alertCounts) Describe(to chan<- *prometheus.Desc) { to <- alertsOpen }

// Collect gives nothing while the database is away, else every kind.
func (c alertCounts) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statesTimeout)
	defer cancel()
	counts, err := c.Store.OpenAlerts(ctx)
	if err != nil {
		c.Log.Debug("alerts not counted", "error", err)
		return
	}
	for _, kind := range ingest.AlertKinds {
		to <- prometheus.MustNewConstMetric(alertsOpen, prometheus.GaugeValue, float64(counts[kind]), string(kind))
	}
}
