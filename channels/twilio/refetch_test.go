package twilio_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
	"gatehouse/ingest"
)

// TestRefetch asks the list once more for what a ban refused: of two messages
// with a row, and of the others only where the channel back-fills.
func TestRefetch(t *testing.T) {
	for more, want := range map[string]int{"": 6, "none": 2} {
		s := newSource(6, 2)
		in := session(channeltest.NewStore())
		rows := map[string]bool{messageRow(1)["sid"].(string): true, messageRow(4)["sid"].(string): true}
		o := &channeltest.Order{In: in, From: channeltest.Now, Want: func(key string) ingest.Want {
			if rows[key] {
				return ingest.Wanted
			}
			return ingest.Unheard
		}}
		p := s.polls(t, more)
		for range 2 {
			if err := p.Refetch(context.Background(), in, o); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.Taken) != want {
			t.Fatalf("%q: %d taken, want %d", more, len(o.Taken), want)
		}
		if first := o.Taken[0].Message.Text; want == 6 && first != "message 5" || want == 2 && first != "message 4" {
			t.Errorf("%q: the first is %s, want the oldest", more, first)
		}
		if now, _ := in.Held(); now != 0 {
			t.Errorf("%d octets still held", now)
		}
	}
}

// TestRefetchLeavesOutWhatABanStillRefuses is asked while another ban stands.
func TestRefetchLeavesOutWhatABanStillRefuses(t *testing.T) {
	in := session(channeltest.NewStore())
	in.Banned = func(ingest.Message) int64 { return 18 }
	o := &channeltest.Order{In: in, From: channeltest.Now}
	if err := newSource(3, 5).polls(t, "").Refetch(context.Background(), in, o); err != nil {
		t.Fatal(err)
	}
	if len(o.Taken) != 0 || o.Left[ingest.SkipRefused] != 3 {
		t.Errorf("%d taken, left %v", len(o.Taken), o.Left)
	}
}

// polls is a poller that can be asked once more; with "none" it does not back-fill.
func (s *source) polls(t *testing.T, more string) channels.Refetcher {
	t.Helper()
	if more == "" {
		return s.poller(t, "").(channels.Refetcher)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	text := fmt.Sprintf("{account_sid: AC1, auth_token: right, api_base: %q}", server.URL)
	p, err := twilio.Kind.Poller(channeltest.Settings([]byte(text)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.(channels.Refetcher)
}
