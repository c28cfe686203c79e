package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// An album is a provider's API, which knows who may ask, and its storage
// elsewhere, which must not be told.
type album struct {
	t            *testing.T
	api, storage *httptest.Server
	mu           sync.Mutex
	files        map[string][]byte
	asked        map[string]int
	slow         chan struct{} // files named slow wait for it
}

func newAlbum(t *testing.T) *album {
	a := &album{t: t, files: map[string][]byte{}, asked: map[string]int{}, slow: make(chan struct{})}
	a.api, a.storage = httptest.NewServer(http.HandlerFunc(a.direct)), httptest.NewServer(http.HandlerFunc(a.give))
	t.Cleanup(func() {
		a.api.CloseClientConnections()
		a.api.Close()
		a.storage.CloseClientConnections()
		a.storage.Close()
	})
	return a
}

// direct sends whoever may ask on to the storage.
func (a *album) direct(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[1:]
	a.mu.Lock()
	a.asked[name]++
	a.mu.Unlock()
	user, token, _ := r.BasicAuth()
	switch {
	case user != "AC1" || token != "secret" || name == "denied":
		w.WriteHeader(http.StatusUnauthorized)
	case name == "inside":
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	case name == "loopback":
		http.Redirect(w, r, "http://127.0.0.2:"+a.api.URL[strings.LastIndexByte(a.api.URL, ':')+1:]+"/", http.StatusFound)
	default:
		http.Redirect(w, r, a.storage.URL+"/"+name, http.StatusTemporaryRedirect)
	}
}

func (a *album) give(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		a.t.Error("the storage was told the credentials")
	}
	name := r.URL.Path[1:]
	a.mu.Lock()
	file, ok := a.files[name]
	a.mu.Unlock()
	w.Header().Set("Content-Type", "image/png")
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case strings.HasPrefix(name, "slow"):
		_, _ = w.Write(file[:len(file)/2])
		w.(http.Flusher).Flush()
		select {
		case <-a.slow:
			_, _ = w.Write(file[len(file)/2:])
		case <-r.Context().Done():
		}
	default:
		_, _ = w.Write(file)
	}
}

func (a *album) put(name string, octets int) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files[name] = bytes.Repeat([]byte(name+" "+planted+" "), octets/len(name+planted))
	return a.files[name]
}

func (a *album) times(name string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[name]
}

// house is one whose texts come from the album's provider.
func (a *album) house(t *testing.T) house {
	t.Helper()
	return house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+"\nmedia: {allow: [127.0.0.1/32]}",
		fmt.Sprintf("{name: sms, kind: twilio, account_sid: AC1, auth_token: secret, public_url: %q, api_base: %q}", textsURL, a.api.URL))}
}

// mms has the provider call the webhook with a message that names files.
func (h house) mms(name, from string, urls ...string) {
	h.T.Helper()
	form := url.Values{"MessageSid": {"MM" + name}, "From": {from}, "To": {ourPhone}, "Body": {name + " " + planted}, "NumMedia": {fmt.Sprint(len(urls))}}
	for i, u := range urls {
		form.Set(fmt.Sprint("MediaUrl", i), u)
		form.Set(fmt.Sprint("MediaContentType", i), "image/jpeg")
	}
	mac := hmac.New(sha1.New, []byte("secret"))
	mac.Write([]byte(textsURL))
	for _, key := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(key + form.Get(key)))
	}
	a, err := h.Ask(http.MethodPost, "/hooks/sms", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	must(h.T, err)
	if a.Status != http.StatusOK {
		h.T.Fatalf("the webhook answers %d: %s", a.Status, a.Body)
	}
}

// become waits until the message's files are so, each as "status error".
func (h house) become(name string, want ...string) housetest.Message {
	h.T.Helper()
	var m housetest.Message
	var got []string
	defer func() {
		if h.T.Failed() {
			h.T.Logf("the files of %s are %q", name, got)
		}
	}()
	eventually(h.T, fmt.Sprintf("the files of %s are %q", name, want), func() bool {
		m, got = h.Message(name), nil
		for _, f := range m.Attachments {
			got = append(got, strings.TrimSpace(f.Status+" "+f.Error))
		}
		return slices.Equal(got, want)
	})
	return m
}

const (
	ann = "+15550109540"
	ben = "+15550109541"
)

// What a message names comes to it, or is said why not; nobody is told a secret
// but the provider's API, and nothing inside is asked.
func TestFilesOfMessages(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	photo := a.put("photo", 900_000)
	a.put("plain", 3000)
	h := a.house(t)
	h.Serve()
	h.mms("one", ann, a.api.URL+"/photo", a.api.URL+"/missing", a.storage.URL+"/plain")
	h.mms("two", ann, a.api.URL+"/inside", a.api.URL+"/loopback", a.api.URL+"/denied", "http://[::ffff:127.0.0.2]:80/x", "file:///etc/passwd")
	one := h.become("one", "stored", "failed not_found", "stored")
	h.become("two", "failed address", "failed address", "pending denied", "failed address", "failed address")
	path := "/messages/" + one.ID + "/attachments/"
	got, err := h.API(http.MethodGet, path+"0", nil)
	must(t, err)
	if got.Body != string(photo) || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%d octets of type %s, want %d", len(got.Body), got.Header.Get("Content-Type"), len(photo))
	}
	h.Read(http.StatusConflict, http.MethodGet, path+"1", nil, nil)
	a.put("missing", 10)
	h.Read(http.StatusAccepted, http.MethodPost, path+"1/retry", nil, nil)
	h.become("one", "stored", "stored", "stored")
	metrics, err := h.Ask(http.MethodGet, "/metrics", "")
	must(t, err)
	if !strings.Contains(metrics.Body, `gatehouse_files_total{channel="sms",what="stored"} 3`) {
		t.Error("the metrics do not count the files")
	}
	h.Command(0, "verify")
}

// Files go with their message, one that is on its way too; those of who is
// banned are not asked for.
func TestFilesOfHeldAndBanned(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	a.put("photo", 300_000)
	a.put("slow", 300_000)
	a.put("banned", 10)
	h := a.house(t)
	h.Serve()
	var rule struct{ ID string }
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "ban", "target": "phone:" + ben, "reason": "spam"}, nil)
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "block", "target": "phone:" + ann, "reason": "spam"}, &rule)
	h.mms("three", ben, a.api.URL+"/banned")
	h.mms("four", ann, a.api.URL+"/photo", a.api.URL+"/slow")
	h.In("held", "four")
	h.become("four", "stored", "pending")
	eventually(t, "the slow one is asked for", func() bool { return a.times("slow") == 1 })
	var lifted struct{ ID string }
	h.Read(http.StatusAccepted, http.MethodPost, "/rules/"+rule.ID+"/lift", map[string]any{"held": "delete_all"}, &lifted)
	h.Finished(lifted.ID)
	close(a.slow)
	h.SQL("do $$ begin if exists (select from files) or exists (select from media) then raise 'files are left'; end if; end $$")
	h.mms("five", "+15550109542", a.api.URL+"/photo") // comes after the slow one has ended
	h.become("five", "stored")
	h.SQL("do $$ begin if (select count(*) from files) <> 1 then raise 'files are left'; end if; end $$")
	if n := a.times("banned"); n != 0 {
		t.Errorf("a banned sender's file was asked for %d times", n)
	}
	h.Command(0, "verify")
}

// A program that is killed leaves its files to the next one, with or without
// Redis.
func TestFilesSurviveAKill(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	slow := a.put("slow", 700_000)
	h := a.house(t)
	p := h.Serve()
	h.mms("six", ann, a.api.URL+"/slow")
	eventually(t, "it is asked for", func() bool { return a.times("slow") == 1 })
	p.Kill()
	close(a.slow)
	must(t, h.Redis.Kill())
	h.Serve()
	h.become("six", "pending")
	h.SQL("update files set next_at = now()") // as if the time for one try had passed
	m := h.become("six", "stored")
	got, err := h.API(http.MethodGet, "/messages/"+m.ID+"/attachments/0", nil)
	must(t, err)
	if got.Body != string(slow) {
		t.Errorf("%d octets, want %d", len(got.Body), len(slow))
	}
	h.Command(0, "verify")
}
