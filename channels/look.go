package channels

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"gatehouse/ingest"
)

// Looker is a Poller that can promise to leave its source as it is.
type Looker interface {
	// LookOnly makes it set no flag and remove nothing from now on. Call it
	// before Poll.
	LookOnly()
}

// Look waits for the next messages that a poller would take over and returns
// those of their batch. Nothing is stored, no place moves, and a Looker leaves
// its source as it is. It begins at the places given, by mailbox, of a channel
// that was first connected at since. ready is told once that nothing lies there
// and whatever comes now will be seen. At last it closes the poller. The error is
// that of ctx if it ends first.
func Look(ctx context.Context, p Poller, places map[string]string, since time.Time, ready func()) ([]ingest.Arrival, error) {
	if l, ok := p.(Looker); ok {
		l.LookOnly()
	}
	defer p.Close()
	s := &look{places: maps.Clone(places), since: since}
	if s.places == nil {
		s.places = map[string]string{}
	}
	quiet := sync.OnceFunc(ready)
	for {
		err := p.Poll(ctx, s)
		if err == nil || InPart(err) {
			quiet()
			err = p.Wait(ctx)
		}
		switch {
		case s.found() != nil:
			return s.found(), nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, err
		}
	}
}

// look is a session that remembers what it is given, and takes nothing.
type look struct {
	since time.Time

	mu     sync.Mutex
	places map[string]string
	seen   []ingest.Arrival
}

var errLooked = errors.New("this was only a look")

func (s *look) found() []ingest.Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *look) Cursor(_ context.Context, mailbox string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places[mailbox], nil
}

func (s *look) Receive(_ context.Context, b ingest.Batch) (ingest.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(b.Arrivals) == 0 {
		if b.Move != nil {
			s.places[b.Move.Mailbox] = b.Move.To
		}
		return ingest.Receipt{}, nil
	}
	if s.seen == nil {
		s.seen = b.Arrivals
	}
	return ingest.Receipt{}, errLooked
}

func (s *look) Refuses(context.Context, ingest.Message) (int64, error) { return 0, nil }

func (s *look) Careful() bool { return false }

func (s *look) Attempt(context.Context, string, string) (int, error) { return 1, nil }

func (s *look) Known(_ context.Context, keys []string) ([]bool, error) {
	return make([]bool, len(keys)), nil
}

func (s *look) Since() time.Time { return s.since }

func (s *look) Hold(ctx context.Context, _ int64) (func(), error) { return func() {}, ctx.Err() }

func (s *look) Count(context.Context, ingest.Besides) error { return errLooked }

// Catch is an Intake that stores nothing: whoever pushes is told to try again.
type Catch struct {
	*Budget
	caught chan []ingest.Arrival
}

// NewCatch returns a Catch with room for requests of so many bytes at a time.
func NewCatch(memory int64) *Catch {
	return &Catch{NewBudget(memory), make(chan []ingest.Arrival, 1)}
}

// Caught gives the messages of the first request that had any.
func (c *Catch) Caught() <-chan []ingest.Arrival { return c.caught }

// Receive always fails, so that the same request comes again.
func (c *Catch) Receive(_ context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	if len(arrivals) > 0 {
		select {
		case c.caught <- arrivals:
		default:
		}
	}
	return ingest.Receipt{}, ingest.AsTemporary(errLooked)
}

// Standing is that of somebody whom no rule concerns.
func (c *Catch) Standing(context.Context, string, []ingest.Identity, string) (ingest.Standing, error) {
	return ingest.StandingUnder(nil), nil
}
