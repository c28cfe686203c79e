package localredis

import (
	"context"
	"time"

	"gatehouse/ingest/local"
)

// Test returns the URL of an empty Redis for one test alone: it may be flushed
// and paused. REDIS_URL is not used, since a test flushes.
func Test(t local.TB) string {
	t.Helper()
	return Own(t, Options{}).URL()
}

// Own is like [Test] and returns the server, which the test may kill and restart.
func Own(t local.TB, opt Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return local.Own(t, func(base *local.Base) (*Server, error) { return Start(ctx, base, opt) })
}
