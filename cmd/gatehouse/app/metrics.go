package app

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// counters are the program's metrics; each App has its own registry.
type counters struct {
	registry *prometheus.Registry
	messages prometheus.Counter
	hooks    *prometheus.CounterVec
	sockets  *prometheus.CounterVec
	files    *prometheus.CounterVec
	posts    *prometheus.CounterVec
}

func newCounters(a *App) *counters {
	c := &counters{
		registry: prometheus.NewRegistry(),
		messages: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "gatehouse_settled_total", Help: "Messages decided by this process."}),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_hook_refused_total", Help: "Requests that were not believed, by why."}, []string{"channel", "cause"}),
		sockets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_listener_total", Help: "What happened at the sockets of channels that listen."}, []string{"channel", "what"}),
	}
	c.files = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gatehouse_files_total", Help: "Tries to fetch files that messages name, by what came of them: stored, again or failed."},
		[]string{"channel", "what"})
	c.posts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gatehouse_posts_total", Help: "Tries to deliver events to endpoints, by what came of them: delivered, again or dead."},
		[]string{"endpoint", "what"})
	away := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "gatehouse_redis_away", Help: "1 while Redis does not answer and work goes on without it."},
		func() float64 {
			if a.queue.Away() {
				return 1
			}
			return 0
		})
	epoch := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "gatehouse_rules_epoch", Help: "Version of the rules in this process's memory."},
		func() float64 { return float64(a.Judge.Epoch()) })
	c.registry.MustRegister(c.messages, c.hooks, c.sockets, c.files, c.posts, away, epoch, channelStates{a}, endpointStates{a}, alertCounts{a},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return c
}

func (c *counters) settled(n int) { c.messages.Add(float64(n)) }

// fetched counts a try to fetch a file.
func (c *counters) fetched(channel, what string) { c.files.WithLabelValues(channel, what).Inc() }

// posted counts a try to deliver an event.
func (c *counters) posted(endpoint ingest.ID, what string) {
	c.posts.WithLabelValues(endpoint.String(), what).Inc()
}

func (c *counters) refused(channel string, _ *http.Request, err error) {
	c.hooks.WithLabelValues(channel, string(channels.CauseOf(err))).Inc()
}

// listened counts what happens at a channel's socket.
func (c *counters) listened(channel string) func(what string) {
	return func(what string) { c.sockets.WithLabelValues(channel, what).Inc() }
}

func (c *counters) handler() http.Handler {
	return promhttp.HandlerFor(c.registry, promhttp.HandlerOpts{})
}
