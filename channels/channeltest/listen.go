package channeltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// patience bounds waiting for what must come.
const patience = time.Minute

// A Post is one channel that listens on a socket of its own, over a Store.
type Post struct {
	Store *Store
	At    net.Addr

	t    testing.TB
	stop func()

	mu     sync.Mutex
	counts map[string]int
	states map[string]error
}

// Listen opens a channel of a kind with the given settings in YAML; it listens
// until the test ends.
func Listen(t testing.TB, k channels.Kind, settings string) *Post {
	t.Helper()
	return ListenOn(t, k, settings, NewStore(), 64<<20)
}

// ListenOn is Listen over a store that is there already, with so many bytes of
// memory for what comes.
func ListenOn(t testing.TB, k channels.Kind, settings string, s *Store, memory int64) *Post {
	t.Helper()
	l, err := k.Listener(Settings([]byte(settings)), Host())
	if err != nil {
		t.Fatal(err)
	}
	p := &Post{Store: s, t: t, counts: map[string]int{}, states: map[string]error{}}
	group := channels.NewGroup(s, nil)
	room := p.deliveries(&channels.Reception{Group: group, Budget: channels.NewBudget(memory)})
	ctx, cancel := context.WithCancel(context.Background())
	opened, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- l.Serve(ctx, room, func(at net.Addr) { opened <- at }) }()
	select {
	case p.At = <-opened:
	case err := <-ended:
		cancel()
		t.Fatal(err)
	}
	p.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("listening ended: %v", err)
		}
		group.Wait()
	})
	t.Cleanup(p.stop)
	return p
}

// Stop ends the listening in order, and returns when it has ended.
func (p *Post) Stop() { p.stop() }

// State sets what a channel says of itself: nil, channels.ErrPaused or
// channels.ErrRetired.
func (p *Post) State(channel string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.states[channel] = err
}

// Counted is how often something was counted.
func (p *Post) Counted(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[what]
}

func (p *Post) deliveries(in channels.Intake) channels.Deliveries {
	return &channels.Mailroom{
		Intake: in,
		State: func(channel string) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.states[channel]
		},
		Counter: func(what string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.counts[what]++
		},
	}
}

// Dial connects a client, for as long as the test lasts.
func (p *Post) Dial() net.Conn {
	p.t.Helper()
	c, err := net.DialTimeout(p.At.Network(), p.At.String(), patience)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patience))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = c.Close() })
	return c
}

// Say sends all of what a client says, its lines ended by CRLF, and returns all
// that it is answered.
func (p *Post) Say(text string) string {
	p.t.Helper()
	c := p.Dial()
	defer c.Close()
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n"))
		if half, ok := c.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite() // lest it waits for what was announced and is not said
		}
		written <- err
	}()
	answer, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) { // it need not read to the end
		p.t.Fatalf("%q, then %v", answer, err)
	}
	if err := <-written; err != nil {
		p.t.Logf("it hung up before all was said: %v", err)
	}
	return strings.ReplaceAll(string(answer), "\r\n", "\n")
}

// spoken is what became of a dialogue.
type spoken struct {
	Answers  []string        `json:"answers"`
	Arrivals []goldenArrival `json:"arrivals"`
}

// runDialogue says what the file says to a channel, twice; to one whose store
// is away, and again; and to one that stores without hearing of it, and again.
// Each time there is one message of each kind, and nobody is told otherwise
// before.
func runDialogue(t *testing.T, k channels.Kind, settings []byte, file string) {
	text := string(read(t, file))
	p := Listen(t, k, string(settings))
	answer := p.Say(text)
	first := p.Store.Messages()
	compare(t, file, spoken{strings.Split(named(answer, first), "\n"), arrivalsOf(first)})
	checkStored(t, k, first)
	if again := p.Say(text); again != answer || len(p.Store.Messages()) != len(first) {
		t.Errorf("said again: %d messages, want %d; answered\n%s", len(p.Store.Messages()), len(first), again)
	}
	away := ingest.AsTemporary(errors.New("the database is away"))
	for name, fail := range map[string]func(*Store){
		"not stored":  func(s *Store) { s.FailNext(away) },
		"answer lost": func(s *Store) { s.LoseAnswer(away) },
	} {
		p := Listen(t, k, string(settings))
		fail(p.Store)
		if failed := p.Say(text); failed == named(answer, first) && len(first) > 0 {
			t.Errorf("%s: it is answered as if it were stored:\n%s", name, failed)
		}
		if p.Say(text); len(p.Store.Messages()) != len(first) {
			t.Errorf("%s: %d messages, want %d", name, len(p.Store.Messages()), len(first))
		}
	}
}

// named replaces the ids that the store gave by their order.
func named(answer string, stored []Stored) string {
	for i, s := range stored {
		answer = strings.ReplaceAll(answer, s.ID.String(), fmt.Sprintf("<id %d>", i+1))
	}
	return answer
}
