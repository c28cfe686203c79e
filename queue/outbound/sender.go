// Package outbound posts events to the endpoints that were named for them,
// signed by Standard Webhooks. Which are due, in which order and how often they
// were tried is the store's to say; here they are sent.
package outbound

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
	"gatehouse/ingest/signing"
)

const (
	// TryTime is for how long one try may last, as Standard Webhooks would have it
	// (15 to 30 s); the store gives the delivery to somebody else after lease.
	TryTime = 15 * time.Second
	lease   = TryTime + 5*time.Second
	// batch is how many deliveries of one endpoint are under way here at most.
	batch = 8
	// writers is how many connections to the database this takes at once: settles
	// need them more.
	writers = 4
)

// Store is what the sender asks of the store.
type Store interface {
	ClaimDeliveries(ctx context.Context, endpoint ingest.ID, n int, lease time.Duration) (ingest.EndpointTarget, []ingest.DeliveryTask, error)
	EndDelivered(ctx context.Context, endpoint ingest.ID, list []ingest.DeliveryTask, attempts []ingest.Attempt) error
	EndFailed(ctx context.Context, endpoint ingest.ID, t ingest.DeliveryTask, a ingest.Attempt) error
	ReturnDelivery(ctx context.Context, t ingest.DeliveryTask) error
	Target(ctx context.Context, endpoint ingest.ID) (ingest.EndpointTarget, error)
}

// Client posts. Its errors are *safehttp.Fault.
type Client interface {
	Post(ctx context.Context, to string, header http.Header, body []byte) (status int, err error)
}

// Sender sends what is due. It is safe for concurrent use: New makes it.
type Sender struct {
	store  Store
	client Client
	now    func() time.Time
	log    *slog.Logger
	count  func(endpoint ingest.ID, what string) // told of each try: delivered, again or dead
	write  chan struct{}                         // a token for each that is at the database

	mu     sync.Mutex
	atWork map[ingest.ID]bool // true: look again before leaving
}

// New makes a sender. count is told of each try what came of it; nil: nobody is.
func New(store Store, client Client, now func() time.Time, log *slog.Logger, count func(ingest.ID, string)) *Sender {
	if count == nil {
		count = func(ingest.ID, string) {}
	}
	return &Sender{store: store, client: client, now: now, log: log, count: count,
		write: make(chan struct{}, writers), atWork: map[ingest.ID]bool{}}
}

// Deliver sends what is due to an endpoint until nothing is. Called while that
// is under way it only has it look again, and returns. An error says that the
// store did not answer.
func (s *Sender) Deliver(ctx context.Context, endpoint ingest.ID) error {
	if !s.begin(endpoint) {
		return nil
	}
	for {
		err := s.drain(ctx, endpoint)
		if !s.end(endpoint, err != nil || ctx.Err() != nil) {
			return err
		}
	}
}

func (s *Sender) begin(endpoint ingest.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, busy := s.atWork[endpoint]
	s.atWork[endpoint] = busy
	return !busy
}

// end reports whether somebody asked for another look, unless that is moot.
func (s *Sender) end(endpoint ingest.ID, moot bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.atWork[endpoint] && !moot {
		s.atWork[endpoint] = false
		return true
	}
	delete(s.atWork, endpoint)
	return false
}

// tried is a delivery with what came of it.
type tried struct {
	task    ingest.DeliveryTask
	attempt ingest.Attempt
}

// drain takes as many as there is room for. Whenever some have ended, they are
// written down and others taken, so that what ends together is written together.
func (s *Sender) drain(ctx context.Context, endpoint ingest.ID) (err error) {
	ended := make(chan tried, batch)
	for under := 0; ; {
		var list []ingest.DeliveryTask
		var to ingest.EndpointTarget
		if err == nil && ctx.Err() == nil {
			to, list, err = s.claim(ctx, endpoint, batch-under)
		}
		for _, t := range list {
			go func() { ended <- tried{t, s.try(ctx, to, t)} }()
		}
		if under += len(list); under == 0 {
			return err
		}
		done := []tried{<-ended}
		for len(ended) > 0 {
			done = append(done, <-ended)
		}
		under -= len(done)
		err = errors.Join(err, s.writeDown(ctx, endpoint, done))
	}
}

func (s *Sender) claim(ctx context.Context, endpoint ingest.ID, n int) (ingest.EndpointTarget, []ingest.DeliveryTask, error) {
	s.write <- struct{}{}
	defer func() { <-s.write }()
	return s.store.ClaimDeliveries(ctx, endpoint, n, lease)
}

// try sends one delivery.
func (s *Sender) try(ctx context.Context, to ingest.EndpointTarget, t ingest.DeliveryTask) ingest.Attempt {
	if t.Event.ID == "" {
		return ingest.Attempt{At: s.now(), Error: ingest.DeliveryExpired}
	}
	return s.Post(ctx, to, t.Event)
}

// writeDown says what came of tries, also when the program ends.
func (s *Sender) writeDown(ctx context.Context, endpoint ingest.ID, done []tried) (err error) {
	s.write <- struct{}{}
	defer func() { <-s.write }()
	broken := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease-TryTime)
	defer cancel()
	var taken []ingest.DeliveryTask
	var attempts []ingest.Attempt
	for _, d := range done {
		switch {
		case d.attempt.OK():
			taken, attempts = append(taken, d.task), append(attempts, d.attempt)
		case broken: // nobody knows
			err = errors.Join(err, s.store.ReturnDelivery(ctx, d.task))
			continue
		default:
			err = errors.Join(err, late(s.store.EndFailed(ctx, endpoint, d.task, d.attempt)))
		}
		s.told(endpoint, d.task, d.attempt)
	}
	if len(taken) > 0 {
		err = errors.Join(err, s.store.EndDelivered(ctx, endpoint, taken, attempts))
	}
	return err
}

// late drops the error that says that a delivery is another's by now, or gone.
func late(err error) error {
	if errors.Is(err, ingest.ErrFenced) {
		return nil
	}
	return err
}

func (s *Sender) told(endpoint ingest.ID, t ingest.DeliveryTask, a ingest.Attempt) {
	switch {
	case a.OK():
		s.count(endpoint, "delivered")
		return
	case t.Again(a.At, a) == nil:
		s.count(endpoint, "dead")
	default:
		s.count(endpoint, "again")
	}
	s.log.Info("event not delivered", "endpoint", endpoint, "delivery", t.ID, "try", t.Try, "why", a.Error, "status", a.Status)
}

// Post posts an event to an endpoint once.
func (s *Sender) Post(ctx context.Context, to ingest.EndpointTarget, e ingest.Event) ingest.Attempt {
	begin := s.now()
	a := ingest.Attempt{At: begin}
	header, body, err := request(to, e, begin)
	if err != nil {
		a.Error = ingest.DeliverySecret
		return a
	}
	a.Status, err = s.client.Post(ctx, string(to.URL), header, body)
	a.MS = s.now().Sub(begin).Milliseconds()
	var fault *safehttp.Fault
	switch {
	case errors.As(err, &fault):
		a.Status, a.Error, a.After = fault.Status, string(fault.Code), fault.After
	case err != nil:
		a.Error = string(safehttp.Network)
	}
	return a
}

// request is the header and the body of an event's request.
func request(to ingest.EndpointTarget, e ingest.Event, at time.Time) (http.Header, []byte, error) {
	body, err := Body(to.Format, e)
	if err != nil {
		return nil, nil, err
	}
	var keys []signing.Key
	for _, text := range to.Keys {
		key, err := signing.Parse(string(text))
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	signing.Sign(h, e.ID, at, body, keys)
	return h, body, nil
}
