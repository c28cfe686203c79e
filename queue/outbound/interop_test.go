//go:build long && interop

package outbound_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/signing"
)

// The program that asks packages for Node, and where .ci/interop.sh puts them.
const (
	judge    = "../../channels/all/testdata/interop/sdk.mjs"
	packages = "../../.gatehouse/interop"
)

// delivered is a request as a package is told of it.
type delivered struct {
	SDK     string            `json:"sdk"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Secret  string            `json:"secret"`
	Now     int64             `json:"now"` // in seconds

	what string
	want bool
}

// TestLongInteropOfEndpoints lets the package of Standard Webhooks for Node
// verify what an endpoint was posted, as it came and changed, by the secret
// before a rotation and the one after it.
func TestLongInteropOfEndpoints(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	id, old := p.endpoint(c.URL)
	fresh := signing.NewSecret()
	s := p.sender(loopback)
	post := func() got {
		p.events("1 message.held")
		p.deliver(s)
		all := c.all()
		return all[len(all)-1]
	}
	var asked []delivered
	ask := func(what string, g got, k signing.Key, want bool, change ...func(*delivered)) {
		asked = append(asked, judged(what, g, k, p.clock.now(), want, change...))
	}
	g := post()
	ask("as it came", g, old, true)
	ask("another's secret", g, fresh, false)
	for what, change := range changes {
		ask(what, g, old, false, change)
	}
	must(t, p.store.RotateEndpoint(t.Context(), id, ingest.Secret(fresh.Text()), time.Hour, "test"))
	g = post()
	ask("rotating, the old secret", g, old, true)
	ask("rotating, the new secret", g, fresh, true)
	p.clock.forward(time.Hour + time.Second)
	g = post()
	ask("rotated, the old secret", g, old, false)
	ask("rotated, the new secret", g, fresh, true)
	held(t, asked)
}

// changes are what no signature allows, or what comes at another time.
var changes = map[string]func(*delivered){
	"the body":     func(d *delivered) { d.Body = strings.Replace(d.Body, `"`, `" `, 1) },
	"the id":       func(d *delivered) { d.Headers[signing.HeaderID] += "1" },
	"six minutes":  func(d *delivered) { d.Now += 360 },
	"too early":    func(d *delivered) { d.Now -= 360 },
	"no signature": func(d *delivered) { delete(d.Headers, signing.HeaderSignature) },
	"another time": func(d *delivered) { d.Headers[signing.HeaderTimestamp] = "1767605400"; d.Now = 1767605400 },
	"another class": func(d *delivered) {
		d.Headers[signing.HeaderSignature] = "v1a" + d.Headers[signing.HeaderSignature][2:]
	},
}

func judged(what string, g got, k signing.Key, now time.Time, want bool, change ...func(*delivered)) delivered {
	d := delivered{"standardwebhooks", map[string]string{}, string(g.Body), k.Text(), now.Unix(), what, want}
	for _, name := range []string{signing.HeaderID, signing.HeaderTimestamp, signing.HeaderSignature} {
		d.Headers[name] = g.Header.Get(name)
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

// held compares what the package says of all requests with what is wanted.
func held(t *testing.T, asked []delivered) {
	t.Helper()
	input, err := json.Marshal(asked)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), "node", judge, packages, "verify")
	var out, complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, complaints.Bytes())
	}
	var answers []struct{ Valid bool }
	must(t, json.Unmarshal(out.Bytes(), &answers))
	if len(answers) != len(asked) {
		t.Fatalf("%d answers to %d requests", len(answers), len(asked))
	}
	for i, d := range asked {
		if answers[i].Valid != d.want {
			t.Errorf("%s: the package says %v of %v %s", d.what, answers[i].Valid, d.Headers, d.Body)
		}
	}
}
