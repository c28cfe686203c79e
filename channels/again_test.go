package channels_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// unready is a webhook that wants each request once more, and does not know of
// some whether they are its provider's.
type unready struct{}

func (unready) Verify(r channels.Request) error {
	if r.URL.RawQuery == "unknown" {
		return ingest.AsTemporary(errors.New("no certificate yet"))
	}
	return nil
}

func (unready) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if _, bounded := r.Context().Deadline(); !bounded {
		return nil, channels.Reply{}, errors.New("nothing bounds it")
	}
	return nil, channels.Reply{}, ingest.AsTemporary(errors.New("not there yet"))
}

func TestAWebhookMayAskForItAgain(t *testing.T) {
	d := channeltest.NewDesk(t, channels.Kind{
		Name: "unready", Family: ingest.Email,
		Webhook: func(channels.Settings, channels.Host) (channels.Webhook, error) { return unready{}, nil },
	}, "{}")
	for _, query := range []string{"", "?unknown"} {
		w := d.Do(httptest.NewRequest(http.MethodPost, "/hooks/golden"+query, nil))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || len(d.Store.Messages()) != 0 || len(d.Refused) != 0 {
			t.Errorf("%q: answered %d, %d stored, %v", query, w.Code, len(d.Store.Messages()), d.Refused)
		}
	}
}
