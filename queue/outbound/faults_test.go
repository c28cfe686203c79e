package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

func TestGoneSwitchesAnEndpointOff(t *testing.T) {
	p := open(t)
	gone := true
	c := consume(t, func(got) (int, map[string]string) {
		if gone {
			return 410, nil
		}
		return 200, nil
	})
	id, _ := p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Types = []string{"a.*"} })
	other := consume(t, nil)
	p.endpoint(other.URL, func(o *ingest.EndpointOrder) { o.Types = []string{"endpoint.*"} })
	p.events("1 a.1", "1 a.2", "2 a.3")
	s := p.sender(loopback)
	p.deliver(s)
	if e := p.read(id); e.State != ingest.EndpointOff || e.OffReason != ingest.OffGone || e.Pending != 3 {
		t.Fatalf("%+v", e)
	}
	asked := len(c.all())
	p.clock.forward(time.Hour)
	p.deliver(s)
	if len(c.all()) != asked {
		t.Error("asked again")
	}
	equal(t, "told", other.types(), []string{"endpoint.disabled"})
	gone = false
	must(t, p.store.ResumeEndpoint(context.Background(), id, "test"))
	p.deliver(s)
	if e := p.read(id); e.Pending != 0 || e.State != ingest.EndpointOK {
		t.Errorf("%+v", e)
	}
}

func TestRetryAfterIsHeeded(t *testing.T) {
	for _, header := range []map[string]string{
		{"Retry-After": "600"},
		{"Retry-After": "Sat, 14 Mar 2026 09:30:00 GMT", "Date": "Sat, 14 Mar 2026 09:20:00 GMT"},
	} {
		p := open(t)
		c := consume(t, func(got) (int, map[string]string) { return 429, header })
		id, _ := p.endpoint(c.URL)
		p.events("1 a.1", "2 b.1")
		s := p.sender(loopback)
		p.deliver(s)
		asked := len(c.all())
		for range 9 {
			p.clock.forward(time.Minute)
			p.deliver(s)
		}
		if len(c.all()) != asked {
			t.Errorf("%v: asked before", header)
		}
		p.clock.forward(time.Minute)
		p.deliver(s)
		if len(c.all()) <= asked || p.read(id).LastError != "busy" {
			t.Errorf("%v: asked %d times, %+v", header, len(c.all()), p.read(id))
		}
	}
}

func TestReplay(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	id, _ := p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Types = []string{"a.*"} })
	p.events("1 a.1", "1 b.2", "1 a.3")
	p.sql("update events set at = now() - interval '2 hours' where type = 'a.1'")
	s := p.sender(loopback)
	p.deliver(s)
	first := c.all()
	ask := func(from, until time.Duration, types ...string) []got {
		before := len(c.all())
		o := ingest.ReplayOrder{Endpoint: id, From: time.Now().Add(-from), Types: types, Actor: "test"}
		if until != 0 {
			at := time.Now().Add(-until)
			o.Until = &at
		}
		r, err := p.store.AskReplay(context.Background(), o)
		must(t, err)
		p.spread()
		p.deliver(s)
		again := c.all()[before:]
		of := len(again) - strings.Count(strings.Join(typesOf(again), " "), "a.4")
		if r, err := p.store.Replay(context.Background(), r); err != nil || r.DoneAt == nil || r.Deliveries != of {
			t.Errorf("%+v, %v", r, err)
		}
		return again
	}
	again := ask(3*time.Hour, 0)
	equal(t, "all", typesOf(again), []string{"a.1", "a.3"})
	for i, g := range again {
		if g.ID != first[i].ID || string(g.Body) != string(first[i].Body) {
			t.Errorf("%s %s, first %s %s", g.ID, g.Body, first[i].ID, first[i].Body)
		}
	}
	equal(t, "the last hour", typesOf(ask(time.Hour, 0)), []string{"a.3"})
	equal(t, "before", typesOf(ask(3*time.Hour, time.Hour)), []string{"a.1"})
	equal(t, "other types", typesOf(ask(3*time.Hour, 0, "b.*")), []string{"b.2"})
	p.events("1 a.4") // not read yet: a replay leaves it to the endpoint
	equal(t, "and what is new", typesOf(ask(3*time.Hour, 0)), []string{"a.4", "a.1", "a.3"})
}

// A replay looks at no more of the log than lies in its time, though times are
// not quite in the log's order: who began first may be written later.
func TestReplayOfAMoment(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	id, _ := p.endpoint(c.URL)
	p.sql(`insert into events (type, conversation, at, data)
		select 'a.' || n, '00000000-0000-7000-8000-000000000001', now() - case n when 21 then 100 when 22 then 300 when 23 then 200 else 9999 end * interval '1 minute', '{}'
		from generate_series(1, 40) n order by n`)
	s := p.sender(loopback)
	p.deliver(s)
	for _, w := range []struct {
		from, until time.Duration
		types       []string
	}{
		{210 * time.Minute, 0, []string{"a.21", "a.23"}},
		{400 * time.Minute, 150 * time.Minute, []string{"a.22", "a.23"}},
		{90 * time.Minute, 0, nil},
		{9000 * time.Minute, 8000 * time.Minute, nil},
	} {
		before, until := len(c.all()), time.Now().Add(-w.until)
		o := ingest.ReplayOrder{Endpoint: id, From: time.Now().Add(-w.from), Until: &until, Actor: "test"}
		r, err := p.store.AskReplay(context.Background(), o)
		must(t, err)
		if _, more, err := p.store.SpreadEvents(context.Background(), 5); more || err != nil {
			t.Errorf("from %s: it reads on: %v", w.from, err)
		}
		if r, err := p.store.Replay(context.Background(), r); err != nil || r.DoneAt == nil {
			t.Errorf("from %s: %+v, %v", w.from, r, err)
		}
		p.deliver(s)
		equal(t, "again", typesOf(c.all()[before:]), w.types)
	}
}

// What waits when a replay is asked for is delivered as it would have been, then
// once more, each in its order; what comes later does not wait for either.
func TestReplayBesideWhatWaits(t *testing.T) {
	p := open(t)
	failing := true
	c := consume(t, func(g got) (int, map[string]string) {
		if failing && g.Type != "b.1" {
			return 500, nil
		}
		return 200, nil
	})
	id, _ := p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Types = []string{"a.*", "b.*"} })
	p.events("2 b.1", "1 a.1", "1 a.2")
	s := p.sender(loopback)
	p.deliver(s)
	if e := p.read(id); e.Pending < 2 {
		t.Fatalf("nothing waits: %+v", e)
	}
	_, err := p.store.AskReplay(context.Background(), ingest.ReplayOrder{Endpoint: id, From: time.Now().Add(-time.Hour), Actor: "test"})
	must(t, err)
	p.events("1 a.3", "2 b.2")
	p.deliver(s)
	failing = false
	before := len(c.all())
	for p.read(id).Pending > 0 {
		p.clock.forward(10 * time.Minute)
		p.deliver(s)
	}
	lanes := map[string][]string{}
	for _, g := range c.all()[before:] {
		lanes[g.Lane] = append(lanes[g.Lane], g.Type)
	}
	equal(t, "conversation 1", lanes["00000000-0000-7000-8000-000000000001"], []string{"a.1", "a.2", "a.3", "a.1", "a.2"})
	equal(t, "conversation 2", lanes["00000000-0000-7000-8000-000000000002"], []string{"b.2", "b.1"})
	if d := p.deliveries(id, "delivered"); len(d) != 8 {
		t.Errorf("%d deliveries", len(d))
	}
}

func typesOf(list []got) (types []string) {
	for _, g := range list {
		types = append(types, g.Type)
	}
	return types
}

// Nothing inside is asked, whatever the URL or an answer says.
func TestNothingInsideIsAsked(t *testing.T) {
	inside := consume(t, nil)
	outside := consume(t, func(got) (int, map[string]string) { return 307, map[string]string{"Location": inside.URL} })
	u, err := url.Parse(inside.URL)
	must(t, err)
	open443 := safehttp.Options{Ports: []uint16{}}
	for target, k := range map[string]struct {
		o    safehttp.Options
		code string
	}{
		inside.URL:                               {open443, "address"},
		"https://127.0.0.1:" + u.Port():          {open443, "address"},
		"https://[::ffff:127.0.0.1]:" + u.Port(): {open443, "address"},
		"https://[::1]/":                         {open443, "address"},
		"https://localhost:" + u.Port():          {open443, "address"},
		"https://2130706433/":                    {open443, "address"},
		"https://169.254.169.254/latest":         {open443, "address"},
		"https://[fd00::1]/":                     {open443, "address"},
		"https://[64:ff9b::7f00:1]/":             {open443, "address"},
		"http://localhost:" + u.Port():           {safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, "address"},
		outside.URL:                              {loopback, "redirects"},
		strings.Replace(outside.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1) + "/": {loopback, "redirects"},
	} {
		p := open(t)
		id, _ := p.endpoint(target)
		p.events("1 a.1")
		p.deliver(p.sender(k.o))
		if e := p.read(id); e.LastError != k.code || e.Pending != 1 {
			t.Errorf("%s: %q, want %q", target, e.LastError, k.code)
		}
	}
	if n := len(inside.all()); n != 0 {
		t.Errorf("asked inside %d times", n)
	}
}

// One that does not answer holds up nobody else.
func TestASlowEndpointSlowsNobody(t *testing.T) {
	p := open(t)
	release := make(chan struct{})
	slow := consume(t, func(got) (int, map[string]string) { <-release; return 200, nil })
	slowID, _ := p.endpoint(slow.URL)
	quick := consume(t, nil)
	quickID, _ := p.endpoint(quick.URL)
	for i := range 30 {
		p.events(fmt.Sprintf("%d a.%d", i+1, i))
	}
	p.spread()
	s := p.sender(loopback)
	var wg sync.WaitGroup
	wg.Go(func() { must(t, s.Deliver(context.Background(), slowID)) })
	for len(slow.all()) < 8 {
		time.Sleep(time.Millisecond)
	}
	must(t, s.Deliver(context.Background(), slowID)) // has it look again, and returns
	must(t, s.Deliver(context.Background(), quickID))
	if len(quick.all()) != 30 || len(slow.all()) != 8 {
		t.Errorf("quick got %d, slow %d", len(quick.all()), len(slow.all()))
	}
	other := p.sender(loopback) // of another process: no more are under way
	must(t, other.Deliver(context.Background(), slowID))
	if len(slow.all()) != 8 {
		t.Errorf("%d at once", len(slow.all()))
	}
	close(release)
	wg.Wait()
	if len(slow.all()) != 30 {
		t.Errorf("slow got %d", len(slow.all()))
	}
}

// Two processes, an endpoint that fails now and then: each event is taken once,
// in each conversation in order.
func TestTwoProcesses(t *testing.T) {
	p := open(t)
	var mu sync.Mutex
	tries, taken := map[string]int{}, map[string][]string{}
	c := consume(t, func(g got) (int, map[string]string) {
		mu.Lock()
		defer mu.Unlock()
		tries[g.ID]++
		if len(g.ID)%2 == 0 && tries[g.ID] == 1 || strings.HasSuffix(g.Type, "7") && tries[g.ID] < 3 {
			return 500, nil
		}
		taken[g.Lane] = append(taken[g.Lane], g.Type)
		return 200, nil
	})
	id, _ := p.endpoint(c.URL)
	a, b := p.sender(loopback), p.sender(loopback)
	const lanes, each = 12, 12
	for n := range each {
		var list []string
		for lane := range lanes {
			list = append(list, fmt.Sprintf("%d a.%02d", lane+1, n))
		}
		p.events(list...)
		p.round(a, b)
	}
	for range 400 {
		if p.read(id).Pending == 0 {
			break
		}
		p.clock.forward(time.Minute)
		p.round(a, b)
	}
	for lane, types := range taken {
		if len(types) != each || !slices.IsSorted(types) {
			t.Errorf("conversation %s: %v", lane, types)
		}
	}
	if len(taken) != lanes {
		t.Errorf("%d conversations", len(taken))
	}
}

// round has several processes do what they find, side by side.
func (p *post) round(list ...interface {
	Deliver(context.Context, ingest.ID) error
}) {
	var wg sync.WaitGroup
	for _, s := range list {
		wg.Go(func() {
			ctx := context.Background()
			_, _, err := p.store.SpreadEvents(ctx, 7)
			must(p.t, err)
			due, err := p.store.EndpointsDue(ctx)
			must(p.t, err)
			for _, id := range due {
				must(p.t, s.Deliver(ctx, id))
			}
		})
	}
	wg.Wait()
}

// What a process took that died is sent by another, and the late one is heard no
// more.
func TestWhatADeadProcessTook(t *testing.T) {
	p := open(t)
	ctx := context.Background()
	c := consume(t, nil)
	id, _ := p.endpoint(c.URL)
	p.events("1 a.1", "1 a.2")
	p.spread()
	_, tasks, err := p.store.ClaimDeliveries(ctx, id, 8, 20*time.Second)
	must(t, err)
	if len(tasks) != 1 || tasks[0].Event.Type != "a.1" {
		t.Fatalf("taken: %+v", tasks)
	}
	s := p.sender(loopback)
	p.deliver(s)
	equal(t, "while it is taken", c.types(), nil)
	p.clock.forward(21 * time.Second)
	p.deliver(s)
	equal(t, "then", c.types(), []string{"a.1", "a.2"})
	if err := p.store.EndFailed(ctx, id, tasks[0], ingest.Attempt{Error: "timeout"}); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("the late one: %v", err)
	}
	if dead := p.deliveries(id, "delivered"); len(dead) != 2 || dead[0].Tries != 2 {
		t.Errorf("%+v", dead)
	}
}

// An event that is no longer kept is given up, and what is behind it goes on.
func TestAnEventThatIsGone(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	id, _ := p.endpoint(c.URL)
	p.events("1 a.1", "1 a.2")
	p.spread()
	p.sql("delete from events where type = 'a.1'")
	p.deliver(p.sender(loopback))
	equal(t, "types", c.types(), []string{"a.2"})
	if dead := p.deliveries(id, "dead"); len(dead) != 1 || dead[0].Error != ingest.DeliveryExpired || p.read(id).State != ingest.EndpointOK {
		t.Errorf("%+v", dead)
	}
}

// A pause lasts as long as the log is kept; what was missed is said.
func TestPauseAndWhatWasMissed(t *testing.T) {
	p := open(t)
	ctx := context.Background()
	c := consume(t, nil)
	id, _ := p.endpoint(c.URL)
	must(t, p.store.PauseEndpoint(ctx, id, "test"))
	s := p.sender(loopback)
	p.events("1 a.1", "1 a.2")
	p.deliver(s)
	equal(t, "paused", c.types(), nil)
	must(t, p.store.ResumeEndpoint(ctx, id, "test"))
	p.deliver(s)
	equal(t, "resumed", c.types(), []string{"a.1", "a.2"})
	must(t, p.store.PauseEndpoint(ctx, id, "test"))
	p.events("1 a.3")
	p.sql("update events set at = now() - interval '31 days'")
	must(t, p.store.Tidy(ctx))
	p.events("1 a.4")
	must(t, p.store.ResumeEndpoint(ctx, id, "test"))
	p.deliver(s)
	equal(t, "after a month", c.types(), []string{"a.1", "a.2", "a.4"})
	if e := p.read(id); e.MissedAt == nil || len(p.deliveries(id, "")) != 1 {
		t.Errorf("%+v: %+v", e, p.deliveries(id, ""))
	}
}
