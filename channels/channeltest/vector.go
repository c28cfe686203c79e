package channeltest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
)

// Vector is a request as a provider's own software makes it, with what must
// come of it: one JSON file. Its README says what the fields mean.
type Vector struct {
	ID       string         `json:"id"`
	Provider string         `json:"provider"`
	Product  string         `json:"product"`
	Kind     string         `json:"kind"` // "http", "poll" or "smpp"
	Now      int64          `json:"now"`
	Config   map[string]any `json:"config"`
	Request  vectorRequest  `json:"request"`
	Pages    []vectorPage   `json:"pages"`
	PDUs     []vectorPDU    `json:"pdus"`
	State    struct {
		AlreadyIngested []string `json:"already_ingested"`
	} `json:"state"`
	Expect vectorExpect `json:"expect"`
}

type vectorRequest struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
	Body    []byte      `json:"body_b64"`
	Wire    struct {
		Host    string      `json:"host"`
		Target  string      `json:"target"`
		Headers [][2]string `json:"headers"`
	} `json:"wire"`
}

type vectorExpect struct {
	Verdict       string            `json:"verdict"`
	Reason        string            `json:"reason"`
	VerifyOnly    bool              `json:"verify_only"`
	Optional      bool              `json:"optional"`
	Handshake     bool              `json:"handshake"`
	Response      vectorResponse    `json:"response"`
	Messages      []vectorMessage   `json:"messages"`
	Parts         []vectorPart      `json:"parts"`
	MessagesAfter string            `json:"messages_after"`
	Ignored       []json.RawMessage `json:"ignored"`
	Edits         []vectorMessage   `json:"edits"`
	Deletions     []vectorMessage   `json:"deletions"`
	SideEffect    json.RawMessage   `json:"side_effect"`
}

// vectorPart is a part of a message that must wait, or complete it.
type vectorPart struct {
	Part  int `json:"part"`
	Total int `json:"total"`
}

// Vectors reads the vectors of one folder, in the order of their ids. A folder
// that has none is an error.
func Vectors(t testing.TB, dir string) []Vector {
	t.Helper()
	var all []Vector
	for _, file := range files(t, dir, ".json") {
		var v Vector
		if err := json.Unmarshal(read(t, file), &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if v.ID == "" || v.Expect.Verdict == "" {
			t.Fatalf("%s is no vector", file)
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no vector", dir)
	}
	slices.SortFunc(all, func(a, b Vector) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// notSettings are keys of a vector's config that are injected otherwise.
var notSettings = []string{"public_base_url", "certs"}

// settings are the channel's: the config, beside what the caller adds, and the
// URL that the provider calls.
func (v Vector) settings(t *testing.T, more map[string]any) []byte {
	all := maps.Clone(more)
	if all == nil {
		all = map[string]any{}
	}
	for key, value := range v.Config {
		if !slices.Contains(notSettings, key) {
			all[key] = value
		}
	}
	if v.Request.URL != "" {
		all["public_url"] = v.publicURL(t)
	}
	text, err := json.Marshal(all) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (v Vector) publicURL(t *testing.T) string {
	u, err := url.Parse(v.Request.URL)
	if err != nil {
		t.Fatal(err)
	}
	if base, ok := v.Config["public_base_url"].(string); ok {
		return base + u.EscapedPath()
	}
	whole, _, _ := strings.Cut(v.Request.URL, "?")
	return whole
}

// host is what the adapter is lent: the vector's clock.
func (v Vector) host() channels.Host {
	h := Host()
	h.Now = func() time.Time { return time.Unix(v.Now, 0) }
	return h
}

// request is what the process sees: its own path, the provider's query.
func (v Vector) request(t *testing.T) *http.Request {
	_, query, _ := strings.Cut(v.Request.URL, "?")
	if v.Request.Wire.Target != "" {
		_, query, _ = strings.Cut(v.Request.Wire.Target, "?")
	}
	target := "/hooks/" + Channel
	if query != "" {
		target += "?" + query
	}
	r := httptest.NewRequest(v.Request.Method, target, nil)
	setBody(r, v.Request.Body)
	for _, h := range slices.Concat(v.Request.Headers, v.Request.Wire.Headers) {
		r.Header.Add(h[0], h[1])
	}
	if u, err := url.Parse(v.Request.URL); err == nil {
		r.Host = u.Host
	}
	if v.Request.Wire.Host != "" {
		r.Host = v.Request.Wire.Host
	}
	return r
}

// VectorFolders lists the folders of a place; there must be some.
func VectorFolders(t testing.TB, place string) []string {
	t.Helper()
	entries, err := os.ReadDir(place)
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() {
			dirs = append(dirs, filepath.Join(place, e.Name()))
		}
	}
	if len(dirs) == 0 {
		t.Fatalf("%s holds no folder of vectors", place)
	}
	return dirs
}
