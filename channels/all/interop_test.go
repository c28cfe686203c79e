//go:build long && interop

package all_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/channels/channeltest"
)

// sdkFolder is where .ci/interop.sh puts the providers' SDKs for Node.
const sdkFolder = "../../.gatehouse/interop"

// exchange is a request between a provider and us, as an SDK is told of it: the
// URL is the provider's, params are those of the form, or of the query.
type exchange struct {
	ID        int               `json:"id"`
	SDK       string            `json:"sdk"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Params    url.Values        `json:"params"`
	Body      string            `json:"body"`
	Secret    string            `json:"secret"`
	Algorithm string            `json:"algorithm"`
	// Certificate is what the URL in a request of SNS has, in PEM.
	Certificate string `json:"certificate"`
	Now         int64  `json:"now"`

	media    string // Content-Type, if it is not that of JSON or of the params
	tampered string // how; "": it is as it was signed
}

// answer is what an SDK says of an exchange.
type answer struct {
	Headers map[string]string `json:"headers"`
	Params  url.Values        `json:"params"`
	Valid   bool              `json:"valid"`
}

// ask lets the SDKs sign or judge all exchanges.
func ask(t *testing.T, what string, all []exchange) []answer {
	t.Helper()
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/interop/sdk.mjs", sdkFolder, what)
	var out, complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", what, err, complaints.Bytes())
	}
	var answers []answer
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil || len(answers) != len(all) {
		t.Fatalf("%s: %d answers to %d exchanges, %v\n%s", what, len(answers), len(all), err, complaints.Bytes())
	}
	return answers
}

// TestLongInterop sends requests that the providers' SDKs sign, and changed
// ones, through the channels, and compares what both say. The requests come
// through a proxy: path and host are not those that were signed.
func TestLongInterop(t *testing.T) {
	for _, peer := range peers {
		t.Run(peer.sdk, func(t *testing.T) {
			signed := peer.signed(t)
			var both []exchange
			for _, e := range signed {
				both = append(both, e)
				both = append(both, peer.tampered(e)...)
			}
			verdicts := ask(t, "verify", both)
			for i, e := range both {
				peer.compare(t, e, verdicts[i].Valid)
			}
			t.Logf("%d signed and %d changed requests", len(signed), len(both)-len(signed))
		})
	}
}

// signed are requests of the peer, by each of the channel's secrets.
func (p peer) signed(t *testing.T) []exchange {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []exchange
	for id := range 60 {
		e := p.request(rng)
		e.ID, e.SDK, e.Secret, e.Now = id, p.sdk, p.secrets[id%len(p.secrets)], channeltest.Now.Unix()
		all = append(all, e)
	}
	if p.sign != nil {
		for i := range all {
			p.sign(&all[i])
		}
		return all
	}
	for i, a := range ask(t, "sign", all) {
		e := &all[i]
		e.Headers = a.Headers
		if len(a.Params) > 0 {
			e.Params = maps.Clone(e.Params)
			maps.Copy(e.Params, a.Params)
			e.write()
		}
	}
	return all
}

// tampered are changes of a request, none of which its signature allows.
func (p peer) tampered(e exchange) (all []exchange) {
	change := func(how string, with func(*exchange)) {
		c := e
		c.tampered, c.Headers, c.Params = how, maps.Clone(e.Headers), maps.Clone(e.Params)
		with(&c)
		all = append(all, c)
	}
	if value, found := e.Headers[p.proof]; found {
		change("signature", func(c *exchange) { c.Headers[p.proof] = otherSignature(value) })
	}
	if seconds, err := strconv.Atoi(e.Headers[p.stamp]); err == nil {
		change("time", func(c *exchange) { c.Headers[p.stamp] = strconv.Itoa(seconds + 1) })
	}
	for _, how := range slices.Sorted(maps.Keys(p.changes)) {
		change(how, p.changes[how])
	}
	if e.Params == nil {
		change("body", func(c *exchange) { c.Body = strings.Replace(c.Body, `"`, `" `, 1) })
	} else {
		change("parameter", func(c *exchange) { c.Params.Set("added", "1"); c.write() })
		change("value", func(c *exchange) {
			name := slices.Sorted(maps.Keys(c.Params))[0]
			c.Params[name] = append([]string{c.Params.Get(name) + "x"}, c.Params[name][1:]...)
			c.write()
		})
	}
	if p.coversURL {
		change("query", func(c *exchange) {
			c.URL += map[bool]string{true: "&", false: "?"}[strings.Contains(c.URL, "?")] + "more=1"
		})
	}
	if p.sign != nil { // the SDK judges by the channel's secret
		other := e
		other.Secret, other.tampered = p.stranger, "secret"
		p.sign(&other)
		other.Secret = e.Secret
		all = append(all, other)
	}
	return all
}

// otherSignature changes a character in the middle, where each bit counts, of
// base64 or hexadecimal.
func otherSignature(text string) string {
	i := len(text) - 20
	return text[:i] + map[bool]string{true: "B", false: "A"}[strings.ContainsRune("Aa", rune(text[i]))] + text[i+1:]
}

// compare sends an exchange to the channel and compares what it says with what
// the SDK says.
func (p peer) compare(t *testing.T, e exchange, valid bool) {
	t.Helper()
	kind, found := all.Find(p.kind)
	if !found {
		t.Fatalf("no kind %s", p.kind)
	}
	kind = channeltest.Lend(kind, func(h *channels.Host) { h.Get = e.get })
	d := channeltest.NewDesk(t, kind, p.settings(e))
	w := d.Do(e.request(t))
	accepted := w.Code/100 == 2 && len(d.Refused) == 0
	if want := e.tampered == ""; accepted != want {
		t.Errorf("%+v: answered %d %v, want accepted: %v", e, w.Code, d.Refused, want)
	}
	if want := e.tampered == "" || slices.Contains(p.blind, e.tampered); valid != want {
		t.Errorf("%+v: the SDK says %v, want %v", e, valid, want)
	}
}

// request is how it comes from the proxy.
func (e exchange) request(t *testing.T) *http.Request {
	t.Helper()
	u, err := url.Parse(e.URL)
	if err != nil {
		t.Fatal(err)
	}
	target := "/hooks/" + channeltest.Channel
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	r := httptest.NewRequest(e.Method, target, strings.NewReader(e.Body))
	r.Host = "10.0.0.1:8080"
	r.Header.Set("Content-Type", "application/json")
	if e.Params != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if e.media != "" {
		r.Header.Set("Content-Type", e.media)
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	return r
}

// write makes the body, or the query, of the params.
func (e *exchange) write() {
	if e.Method == http.MethodGet {
		base, _, _ := strings.Cut(e.URL, "?")
		e.URL = base + "?" + e.Params.Encode()
		return
	}
	e.Body = e.Params.Encode()
}

// base is the URL without its query.
func (e exchange) base() string {
	base, _, _ := strings.Cut(e.URL, "?")
	return base
}

// words are what people write, and what breaks signatures.
var words = []string{
	"", "Hello", " lead and trail ", "1+1=2 & 50% off?", "a=b&c=d", "Grüße", "😀 👩‍👩‍👧", "你好", "مرحبا", "line\nline", "%2B", `"quoted\"`, "~!*'()", "+15550100123",
}

func word(rng *rand.Rand) string {
	return words[rng.IntN(len(words))] + words[rng.IntN(len(words))]
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprint(err)) // of a string there is none
	}
	return string(b)
}
