package app

import (
	"context"
	"io"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// The bounds of what a provider is asked for while its own request waits: a
// certificate, a page that confirms a subscription.
const (
	getTime  = 5 * time.Second
	getLimit = 64 << 10
)

// get is channels.Host's Get. Its errors are *safehttp.Fault.
func (a *App) get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, getTime)
	defer cancel()
	return get(ctx, a.outside, url)
}

func get(ctx context.Context, client channels.MediaClient, url string) ([]byte, error) {
	answer, err := client.Get(ctx, safehttp.Ask{URL: url, Limit: getLimit})
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	return io.ReadAll(answer)
}
