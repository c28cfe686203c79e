package imap

import (
	"context"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestPollTakesEverythingOnce(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 450)
	p := poller(t, b.port, "start: all")
	pollOK(t, p, s, upTo(450)...)
	b.put("INBOX", 450, 455)
	pollOK(t, p, s, upTo(455)...)
	must(t, p.Close())
	pollOK(t, p, s, upTo(455)...)
	if max := s.Batches(); max[1] != maxBatch {
		t.Errorf("batches %v, want the first of %d", max, maxBatch)
	}
}

func TestResume(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 23)
	channeltest.Resume(t, ingest.Email, 23, func(t *testing.T) channels.Poller {
		p := poller(t, b.port, "start: all")
		p.window = 4
		return p
	})
}

func TestWaitHearsOfNewMail(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	p := poller(t, b.port, "poll_every: 1h")
	pollOK(t, p, s)
	woke := make(chan error, 1)
	go func() { woke <- p.Wait(t.Context()) }()
	n := 0
	for waiting := true; waiting; n++ { // this server is silent on what came before it heard IDLE
		b.put("INBOX", n, n+1)
		select {
		case err := <-woke:
			must(t, err)
			waiting = false
		case <-time.After(50 * time.Millisecond):
		}
	}
	pollOK(t, p, s, upTo(n)...)
}

func TestWaitEndsWithContext(t *testing.T) {
	b := newMailbox(t)
	p := poller(t, b.port)
	must(t, poll(t, p, channeltest.NewStore()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Wait(ctx); err != nil {
		t.Fatalf("Wait returned %v", err)
	}
}
