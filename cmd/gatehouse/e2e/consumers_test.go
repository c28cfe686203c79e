package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest/local"
	"gatehouse/ingest/signing"
	"gatehouse/migrations/localpg"
)

// language is the command that runs the consumers of docs/consume.md in one: %s
// is follow or receive.
type language []string

func TestConsumersInGo(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "consume")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "gatehouse/docs/consume")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	consume(t, language{binary, "%s"})
}

// consume holds a language's consumer against the built program.
func consume(t *testing.T, l language) {
	t.Run("follow", func(t *testing.T) {
		t.Parallel()
		c := newConsumer(t, l)
		c.followsThroughKills()
		c.comesBackAfterADay()
		c.comesBackTooLate()
	})
	t.Run("receive", func(t *testing.T) {
		t.Parallel()
		c := newConsumer(t, l)
		c.receives()
	})
}

// A consumer is such a program, and the house whose events it wants.
type consumer struct {
	house
	t      *testing.T
	run    language
	folder string
	env    []string
	proc   *local.Process
}

func newConsumer(t *testing.T, l language) *consumer {
	t.Helper()
	h := house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+sealed+"\nendpoints: {allow: [127.0.0.0/8]}", housetest.SiteChat)}
	c := &consumer{house: h, t: t, run: l, folder: t.TempDir()}
	h.Serve()
	c.env = []string{"PYTHONDONTWRITEBYTECODE=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "GATEHOUSE_URL=" + h.Now.Load().Base,
		"GATEHOUSE_TOKEN=" + h.As("agent").Token()}
	t.Cleanup(c.kill)
	return c
}

func (c *consumer) start(does string, args ...string) {
	c.t.Helper()
	var command []string
	for _, word := range c.run {
		command = append(command, strings.ReplaceAll(word, "%s", does))
	}
	command = append(command, args...)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = c.env
	said, err := os.OpenFile(filepath.Join(c.folder, "said"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	must(c.t, err)
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	c.proc, err = local.Start(cmd)
	must(c.t, err)
}

func (c *consumer) follow() { c.start("follow", c.folder) }

// kill is kill -9.
func (c *consumer) kill() {
	if c.proc == nil {
		return
	}
	if err := c.proc.Stop(syscall.SIGKILL, patience); err != nil {
		c.t.Error(err)
	}
	if c.t.Failed() {
		c.t.Logf("the consumer said:\n%s", c.read("said"))
	}
}

func (c *consumer) read(name string) string {
	b, err := os.ReadFile(filepath.Join(c.folder, name))
	if err != nil && !os.IsNotExist(err) {
		c.t.Fatal(err)
	}
	return string(b)
}

// did are the ids of the events that it kept, in its order.
func (c *consumer) did() (ids []string) {
	c.t.Helper()
	for line := range strings.Lines(c.read("events.jsonl")) {
		var e struct{ ID string }
		if !strings.HasSuffix(line, "\n") {
			break // it writes that now
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ID == "" {
			c.t.Fatalf("it kept %q: %v", line, err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

// log are the ids of all events after a place, in the log's order.
func (c *consumer) log(after string) (ids []string) {
	c.t.Helper()
	for {
		var list struct {
			Items []struct{ ID string }
			Next  string
		}
		c.Read(http.StatusOK, http.MethodGet, "/events?limit=200&after="+after, nil, &list)
		if after = list.Next; len(list.Items) == 0 {
			return ids
		}
		for _, e := range list.Items {
			ids = append(ids, e.ID)
		}
	}
}

// hasAll waits until it kept as many events as these, which have to be these, in
// their order.
func (c *consumer) hasAll(want []string) {
	c.t.Helper()
	eventually(c.t, fmt.Sprintf("%d events are kept", len(want)), func() bool { return len(c.did()) >= len(want) })
	for i, id := range c.did()[:len(want)] {
		if id != want[i] {
			c.t.Fatalf("as %d. of %d events it kept %s, and not %s", i+1, len(want), id, want[i])
		}
	}
}

// load is n messages of each of some visitors.
func (c *consumer) load(name string, n int) {
	for i := range n {
		for v := range 6 {
			c.Say(fmt.Sprint(name, v), fmt.Sprintf("%s-%d-%d", name, v, i), "load")
		}
	}
}

// settled waits until nothing that was sent is under way: all there will be is
// in the log.
func (c *consumer) settled(messages int) {
	c.t.Helper()
	c.Decided(map[string]int{"site-chat": messages})
}

// tidy drops what is past its time, as the program does now and then.
func (c *consumer) tidy() {
	c.t.Helper()
	statement, err := os.ReadFile("../../../ingest/postgres/sql/tidy.sql")
	must(c.t, err)
	c.SQL(string(statement))
}

// It is killed again and again while it works and while messages come; once
// it wrote down half a line, and once not where it was.
func (c *consumer) followsThroughKills() {
	c.t.Helper()
	var sending sync.WaitGroup
	sending.Go(func() { c.load("a", 30) })
	defer sending.Wait()
	c.follow()
	for _, least := range []int{1, 20, 50, 80} {
		eventually(c.t, "it has done some", func() bool { return len(c.did()) > least })
		c.kill()
		c.follow()
	}
	sending.Wait()
	c.settled(180)
	want := c.log("")
	c.hasAll(want)
	c.kill()
	must(c.t, os.WriteFile(filepath.Join(c.folder, "events.jsonl"), []byte(c.read("events.jsonl")+`{"id":"1`), 0o600))
	must(c.t, os.WriteFile(filepath.Join(c.folder, "place"), []byte(want[len(want)/2]), 0o600))
	c.follow()
	c.load("b", 2)
	c.settled(192)
	c.hasAll(c.log(""))
	c.kill()
}

// What happened while it stood still is a day old, and goes on while it comes
// back: transactions that began early commit late, in the midst of others.
func (c *consumer) comesBackAfterADay() {
	c.t.Helper()
	var busy sync.WaitGroup
	busy.Go(c.commitLate)
	busy.Go(func() { c.load("c", 40) })
	busy.Wait()
	c.settled(432)
	c.SQL("update events set at = at - interval '25 hours'")
	c.tidy()
	busy.Go(c.commitLate)
	busy.Go(c.commitLate)
	busy.Go(func() { c.load("d", 10) })
	c.follow()
	busy.Wait()
	c.settled(492)
	c.hasAll(c.log(""))
	c.kill()
}

// commitLate writes events one after the other that are in the log before others
// which can be read sooner.
func (c *consumer) commitLate() {
	for range 4 {
		c.SQL(`do $$ begin
			insert into events (type, data) values ('job.done', '{"job": "0", "kind": "test"}');
			perform pg_sleep(0.3);
			insert into events (type, data) values ('job.done', '{"job": "0", "kind": "test"}');
		end $$`)
	}
}

// Some of what happened is no longer kept: it reads how things are, and goes
// on in the log; of that nothing is lost or done twice.
func (c *consumer) comesBackTooLate() {
	c.t.Helper()
	before := c.did()
	c.load("e", 2)
	c.settled(504)
	lost := c.log(before[len(before)-1])
	c.SQL("update events set at = at - interval '31 days'")
	c.SQL("update contacts set created_at = created_at - interval '31 days'")
	c.tidy()
	c.load("f", 40)
	c.settled(744)
	var there []string
	for _, list := range []string{"/contacts?from=2000-01-01T00:00:00Z", "/conversations", "/messages"} {
		for _, item := range housetest.All[struct{ ID string }](c.House, list) {
			there = append(there, item.ID)
		}
	}
	c.follow()
	c.load("g", 2)
	c.settled(756)
	after := c.log("")
	c.hasAll(slices.Concat(before, after))
	if len(lost) == 0 || slices.Contains(after, lost[0]) {
		c.t.Errorf("%d events were lost: this proves nothing", len(lost))
	}
	eventually(c.t, "it read how things are", func() bool { return c.read("copy.jsonl") != "" })
	copied := c.read("copy.jsonl")
	for _, id := range there {
		if !strings.Contains(copied, id) {
			c.t.Errorf("its copy lacks %s", id)
		}
	}
}

// It takes what an endpoint posts, keeps it before it says so, each once though
// all is posted again after it was killed; and nothing that is not ours.
func (c *consumer) receives() {
	c.t.Helper()
	reserve, err := net.Listen("tcp", "127.0.0.1:0")
	must(c.t, err)
	address := reserve.Addr().String()
	must(c.t, reserve.Close())
	earlier := c.log("")
	var made struct{ ID, Secret string }
	c.Read(http.StatusCreated, http.MethodPost, "/endpoints", map[string]any{"url": "http://" + address}, &made)
	begin := time.Now()
	c.env = append(c.env, "GATEHOUSE_SECRET="+made.Secret)
	c.receive(address)
	c.load("a", 10)
	c.settled(60)
	log := c.log("")[len(earlier):]
	c.hasEach(log)
	c.kill()
	c.receive(address)
	c.Read(http.StatusAccepted, http.MethodPost, "/endpoints/"+made.ID+"/replay", map[string]any{"from": begin}, nil)
	eventually(c.t, "all was posted again", func() bool {
		var replays struct {
			Items []struct {
				DoneAt *time.Time `json:"done_at"`
			}
		}
		c.Read(http.StatusOK, http.MethodGet, "/endpoints/"+made.ID+"/replays", nil, &replays)
		return replays.Items[0].DoneAt != nil && c.deliveries("pending") == 0
	})
	if n := c.deliveries("delivered"); n <= len(log) {
		c.t.Errorf("%d events were posted %d times: this proves nothing", len(log), n)
	}
	c.hasEach(log)
	c.refusesForgeries("http://"+address, made.Secret)
}

func (c *consumer) deliveries(state string) int {
	c.t.Helper()
	return len(housetest.All[struct{ ID string }](c.House, "/deliveries?state="+state))
}

func (c *consumer) receive(address string) {
	c.t.Helper()
	c.start("receive", c.folder, address)
	eventually(c.t, "it listens", func() bool { return strings.Contains(c.read("said"), "listening") })
}

// hasEach waits until it kept these events, each once, in whatever order.
func (c *consumer) hasEach(want []string) {
	c.t.Helper()
	eventually(c.t, fmt.Sprintf("%d events are kept", len(want)), func() bool { return len(c.did()) >= len(want) })
	times := map[string]int{}
	for _, id := range c.did() {
		times[id]++
	}
	for _, id := range want {
		if times[id] != 1 {
			c.t.Fatalf("it kept %s %d times", id, times[id])
		}
	}
}

func (c *consumer) refusesForgeries(url, secret string) {
	c.t.Helper()
	key, err := signing.Parse(secret)
	must(c.t, err)
	other, old := signing.NewSecret(), signing.NewPair()
	now := time.Now()
	for i, p := range []struct {
		name string
		keys []signing.Key
		at   time.Time
		body string // what is sent instead of what was signed
		head string // a header that is left out
		want int
	}{
		{name: "ours", keys: []signing.Key{key}, at: now, want: 2},
		{name: "ours again", keys: []signing.Key{key}, at: now, want: 2},
		{name: "with an old secret's before", keys: []signing.Key{old, other, key}, at: now, want: 2},
		{name: "of four minutes ago", keys: []signing.Key{key}, at: now.Add(-4 * time.Minute), want: 2},
		{name: "another's", keys: []signing.Key{other}, at: now, want: 4},
		{name: "of six minutes ago", keys: []signing.Key{key}, at: now.Add(-6 * time.Minute), want: 4},
		{name: "of six minutes ahead", keys: []signing.Key{key}, at: now.Add(6 * time.Minute), want: 4},
		{name: "changed", keys: []signing.Key{key}, at: now, body: `{"id":"0-0","type":"rule.set"}`, want: 4},
		{name: "without a signature", keys: []signing.Key{key}, at: now, head: signing.HeaderSignature, want: 4},
		{name: "without a time", keys: []signing.Key{key}, at: now, head: signing.HeaderTimestamp, want: 4},
		{name: "without an id", keys: []signing.Key{key}, at: now, head: signing.HeaderID, want: 4},
		{name: "signed by nobody", at: now, want: 4},
	} {
		id := fmt.Sprint("1-", max(i, 1)) // the second is the first once more
		body := fmt.Sprintf(`{"id":%q,"type":"message.held"}`, id)
		r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, url, strings.NewReader(cmp.Or(p.body, body)))
		must(c.t, err)
		signing.Sign(r.Header, id, p.at, []byte(body), p.keys)
		if p.head != "" {
			r.Header.Del(p.head)
		}
		resp, err := http.DefaultClient.Do(r)
		must(c.t, err)
		resp.Body.Close()
		kept, want := 0, 0
		for _, done := range c.did() {
			if done == id || done == "0-0" {
				kept++
			}
		}
		if p.want == 2 {
			want = 1
		}
		if resp.StatusCode/100 != p.want || kept != want {
			c.t.Errorf("%s: %d, and it is kept %d times, want %dxx and %d", p.name, resp.StatusCode, kept, p.want, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
