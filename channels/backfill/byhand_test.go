package backfill_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// TestByHand asks for a time: a dry run counts what the run then takes; the
// cursor stays, and what is older than the channel is history.
func TestByHand(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 7, texts(20)...)
	p.texts = append(p.texts, textOf(3000))
	p.texts[3].Sent = true
	list := p.lister()
	list.Backfill, list.Longest = 0, 6*time.Hour
	poller, in := p.poller(t, list), session(store)
	order := ingest.Backfill{ID: 7, Since: channeltest.Now.Add(-72 * time.Hour), Until: channeltest.Now.Add(-3 * time.Minute), DryRun: true}
	run := func(listed, fresh, stored int) {
		t.Helper()
		n, err := poller.Backfill(context.Background(), in, order)
		if err != nil || n.Listed != listed || order.DryRun && n.New != fresh || len(store.Messages()) != stored {
			t.Errorf("%+v, %d stored, %v", n, len(store.Messages()), err)
		}
	}
	run(17, 17, 0) // of 3 to 20 minutes one is sent; one is very old
	order.DryRun = false
	run(17, 0, 17)
	order.DryRun = true
	run(17, 0, 17)
	if at := cursor(t, in, ""); at != "" {
		t.Errorf("the cursor moved to %s", at)
	}
	for i, m := range store.Messages() {
		if a := m.Arrival.Message; !a.Recovered || a.Historic != (i == 0) {
			t.Errorf("message %d: recovered %v, historic %v", i, a.Recovered, a.Historic)
		}
	}
}

// TestRefetch takes what is wanted, and of what left no row nothing unless the
// channel back-fills.
func TestRefetch(t *testing.T) {
	for every, want := range map[time.Duration]int{time.Minute: 6, 0: 2} {
		p := newProvider(t, 2, texts(6)...)
		list := p.lister()
		list.Backfill = every
		in := session(channeltest.NewStore())
		o := &channeltest.Order{In: in, From: channeltest.Now, Want: func(key string) ingest.Want {
			if key == "t1" || key == "t4" {
				return ingest.Wanted
			}
			return ingest.Unheard
		}}
		var source channels.Refetcher = p.poller(t, list)
		for range 2 {
			if err := source.Refetch(context.Background(), in, o); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.Taken) != want || o.Taken[0].Message.Text != map[int]string{6: "text 6", 2: "text 4"}[want] {
			t.Errorf("every %v: %d taken", every, len(o.Taken))
		}
	}
}
