package channeltest

import (
	"bytes"
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// golden is what became of a request.
type golden struct {
	Status   int             `json:"status"`
	Header   http.Header     `json:"header"`
	Body     string          `json:"body"`
	Arrivals []goldenArrival `json:"arrivals"`
}

type goldenArrival struct {
	Message ingest.Message `json:"message"`
	Keys    []string       `json:"keys"`
	Problem ingest.Reason  `json:"problem,omitempty"`
	Note    string         `json:"note,omitempty"`
	Derived bool           `json:"derived"`
	Raw     string         `json:"raw"`
}

// compare compares what was got with the golden file beside file, or writes it.
func compare(t *testing.T, file string, got any) {
	t.Helper()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden.json"
	if *update {
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(read(t, path)), text.String()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// goldenOf is the form in which an answer and what it stored are compared. The
// ids that the store gave are replaced by their order.
func goldenOf(w *httptest.ResponseRecorder, stored []Stored) golden {
	return golden{Status: w.Code, Header: w.Header(), Body: named(w.Body.String(), stored), Arrivals: arrivalsOf(stored)}
}

func arrivalsOf(stored []Stored) []goldenArrival {
	list := []goldenArrival{}
	for _, s := range stored {
		list = append(list, goldenArrival{
			Message: s.Arrival.Message, Keys: s.Arrival.Keys, Problem: s.Arrival.Problem, Note: s.Arrival.Note,
			Derived: s.Arrival.Derived, Raw: string(s.Arrival.Raw),
		})
	}
	return list
}

// runRaw reads a raw message.
func runRaw(t *testing.T, k channels.Kind, file string) {
	m, err := reread(k, read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, file, m)
}

// checkStored makes sure of what an adapter hands over: that a message can be
// made again from its raw bytes, and its attachments be found there.
func checkStored(t testing.TB, k channels.Kind, stored []Stored) {
	t.Helper()
	for _, s := range stored {
		a := s.Arrival
		if len(a.Raw) == 0 {
			t.Errorf("%q has no raw bytes", a.Keys)
		}
		if a.Problem != "" {
			continue
		}
		if a.Message.Auto == "" {
			t.Errorf("%q does not say whether a person wrote it: want at least %q", a.Keys, ingest.AutoNone)
		}
		again, err := reread(k, a.Raw)
		if err != nil {
			t.Errorf("%q cannot be read again: %v", a.Keys, err)
			continue
		}
		again.Channel, again.Family = a.Message.Channel, a.Message.Family
		again.Recovered, again.Historic = a.Message.Recovered, a.Message.Historic // how it came, not what it says
		if t := a.Message.Technical; t != nil && t.Envelope != nil {              // what was known beside the bytes
			again.Technical, again.ReceivedAt, again.Tokens = t, a.Message.ReceivedAt, a.Message.Tokens
			again.SentAt = stdcmp.Or(again.SentAt, a.Message.SentAt)
		}
		if diff := cmp.Diff(a.Message, again, cmp.Comparer(sameAddr)); diff != "" {
			t.Errorf("%q read again differs:\n%s", a.Keys, diff)
		}
		checkAttachments(t, k, a)
	}
}

func sameAddr(a, b netip.Addr) bool { return a == b }

// checkAttachments asks for each attachment as the program does: for its bytes,
// or for where those are.
func checkAttachments(t testing.TB, k channels.Kind, a ingest.Arrival) {
	t.Helper()
	for _, f := range a.Message.Attachments {
		switch f.Status {
		case "stored":
			checkHeld(t, k, a, f)
		case "pending":
			checkPending(t, k, a, f)
		}
	}
}

func checkHeld(t testing.TB, k channels.Kind, a ingest.Arrival, f ingest.Attachment) {
	t.Helper()
	if k.Attachment == nil {
		t.Fatalf("%q has attachments and the kind no Attachment", a.Keys)
	}
	b, err := k.Attachment(a.Raw, f.Index)
	if err != nil || int64(len(b)) != f.Size || sum(b) != f.SHA256 {
		t.Errorf("attachment %d of %q: %d octets, want %d (%v)", f.Index, a.Keys, len(b), f.Size, err)
	}
}

func checkPending(t testing.TB, k channels.Kind, a ingest.Arrival, f ingest.Attachment) {
	t.Helper()
	if k.File == nil {
		t.Fatalf("%q has files to fetch and the kind no File: none would ever be", a.Keys)
	}
	file, err := k.File(a.Raw, f.Index)
	if err != nil || file.URL == "" && file.ID == "" {
		t.Errorf("attachment %d of %q: neither URL nor id to ask for (%v)", f.Index, a.Keys, err)
	}
}

// reread is Kind.Reread with a panic as an error.
func reread(k channels.Kind, raw []byte) (m ingest.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if k.Reread == nil {
		return m, nil
	}
	return k.Reread(raw)
}
