package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/pipeline"
)

// budget is the memory that raw messages may take, as in the program.
const budget = 256 << 20

// reception is the program's Intake on a group, with no rule in force.
func reception(g *channels.Group) *channels.Reception {
	var judge pipeline.Judge
	return &channels.Reception{
		Group: g, Budget: channels.NewBudget(budget),
		StandingOf: func(_ context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
			addr, _ := netip.ParseAddr(ip)
			return judge.Standing(ids, ingest.ID{}, time.Time{}, addr, channel, "chat", time.Now()), nil
		},
	}
}

// overHTTP posts to the chat door of a server in this process.
func overHTTP(g *channels.Group, n int, o options) (p *pushing, stop func(), err error) {
	p = &pushing{name: "accept-http", n: n, options: o, ledger: newLedger()}
	d, err := openDoor(p.name, g, o.clients)
	if err != nil {
		return nil, nil, err
	}
	var bodies [][]byte
	p.ready = func() error {
		bodies = nil
		for i := range p.posts {
			bodies = append(bodies, p.posts[i].body())
		}
		return nil
	}
	p.send = func(ctx context.Context, i int) (ingest.ID, error) { return d.post(ctx, bodies[i]) }
	return p, d.stop, nil
}

// door is a chat door that listens, and clients who know it.
type door struct {
	*served
	url string
}

// openDoor opens the door of a channel on the loopback.
func openDoor(channel string, g *channels.Group, clients int) (*door, error) {
	handler, err := chatDoor(channel, reception(g))
	if err != nil {
		return nil, err
	}
	s, err := listen(handler, clients)
	if err != nil {
		return nil, err
	}
	return &door{s, s.base + "/chat/" + channel + "/messages"}, nil
}

// served is a handler that listens on the loopback, and clients who know it.
type served struct {
	base   string // of addresses
	client *http.Client
	server *http.Server
	done   chan error
}

func listen(handler http.Handler, clients int) (*served, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &served{
		base:   "http://" + listener.Addr().String(),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}},
		server: &http.Server{Handler: handler, ReadHeaderTimeout: channels.HeaderTimeout},
		done:   make(chan error, 1),
	}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

// stop closes all connections.
func (s *served) stop() {
	s.client.CloseIdleConnections()
	_ = s.server.Close()
	<-s.done
}

// post sends one message and returns the id that acknowledges it.
func (d *door) post(ctx context.Context, body []byte) (ingest.ID, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(body))
	if err != nil {
		return ingest.ID{}, err
	}
	answer, err := d.client.Do(r)
	if err != nil {
		return ingest.ID{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return ingest.ID{}, err
	}
	if answer.StatusCode != http.StatusAccepted {
		return ingest.ID{}, fmt.Errorf("the chat door answers %d: %s", answer.StatusCode, text)
	}
	var a struct{ ID ingest.ID }
	err = json.Unmarshal(text, &a)
	return a.ID, err
}
