package queue

import (
	"context"
	"encoding/json"
	"sync"

	"gatehouse/ingest"
)

// passingRoom is how many events may wait, at this end and for each that
// follows. Beyond that they are dropped: nobody can ask for them later.
const passingRoom = 64

// passing is what is told to whoever listens at the moment, in every process:
// Redis carries it and keeps nothing.
type passing struct {
	out chan ingest.Event

	mu        sync.Mutex
	followers map[chan ingest.Event]struct{}
}

func newPassing() *passing {
	return &passing{out: make(chan ingest.Event, passingRoom), followers: map[chan ingest.Event]struct{}{}}
}

// Pass tells an event to those who follow, in all processes of the
// installation. It never blocks and never fails: what nobody hears is gone.
func (q *Queue) Pass(e ingest.Event) {
	select {
	case q.passing.out <- e:
	default:
	}
}

// Follow returns what passes from now on, until leave is called. Who is slow
// misses some.
func (q *Queue) Follow() (events <-chan ingest.Event, leave func()) {
	c := make(chan ingest.Event, passingRoom)
	p := q.passing
	p.mu.Lock()
	defer p.mu.Unlock()
	p.followers[c] = struct{}{}
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.followers, c)
	}
}

func (p *passing) deliver(e ingest.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.followers {
		select {
		case c <- e:
		default:
		}
	}
}

// topic is where the processes that share a queue hear each other.
func (q *Queue) topic() string { return q.o.Name + ":passing" }

// sendPassing publishes what passes here. While Redis is away those who follow
// this process are told, as they would be by Redis.
func (q *Queue) sendPassing(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-q.passing.out:
			err := q.publish(ctx, e)
			if q.heard(err); err != nil {
				q.passing.deliver(e)
			}
		}
	}
}

func (q *Queue) publish(ctx context.Context, e ingest.Event) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return q.redis.Publish(ctx, q.topic(), b).Err()
}

// hearPassing tells what passes anywhere to those who follow here. The
// connection mends itself.
func (q *Queue) hearPassing(ctx context.Context) {
	subscription := q.redis.Subscribe(ctx, q.topic())
	defer subscription.Close()
	messages := subscription.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-messages:
			if !ok {
				return
			}
			var e ingest.Event
			if json.Unmarshal([]byte(m.Payload), &e) == nil {
				q.passing.deliver(e)
			}
		}
	}
}
