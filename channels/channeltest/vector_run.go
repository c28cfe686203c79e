package channeltest

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

type vectorResponse struct {
	Status      int      `json:"status"`
	StatusAnyOf []int    `json:"status_any_of"`
	ContentType string   `json:"content_type"`
	Body        *string  `json:"body"`
	BodyRule    string   `json:"body_rule"`
	BodyAnyOf   []string `json:"body_any_of"`
	BodyNot     string   `json:"body_not"`
	JSON        any      `json:"json"`
}

// Run sends a vector's request to a channel of kind k, whose settings are the
// vector's config and more, and compares. before is the desk of the vector
// before it if that waits for this one, or nil; after is this one's desk if it
// waits for the next.
func (v Vector) Run(t *testing.T, k channels.Kind, more map[string]any, before *Desk) (after *Desk) {
	switch v.Kind {
	case "poll":
		v.poll(t, k, more)
		return nil
	case "smpp":
		v.smpp(t, k, more)
		return nil
	case "http", "":
	default:
		t.Fatalf("nothing here sends vectors of kind %q", v.Kind)
	}
	d, gets := before, &gets{certs: v.certs(t)}
	if d == nil {
		d = v.desk(t, k, more, gets)
	}
	*d.now = v.Now
	stored, ignored, parts := len(d.Store.Messages()), d.Ignored+d.Foreign, len(d.Store.Parts())
	w := d.Do(v.request(t))
	v.checkSideEffect(t, gets)
	fresh := d.Store.Messages()[stored:]
	checkStored(t, k, fresh)
	if v.Expect.Verdict == "reject" {
		v.checkRejected(t, d, w, len(fresh))
		return nil
	}
	v.Expect.Response.check(t, w)
	v.checkAccepted(t, k, fresh, d.Ignored+d.Foreign-ignored)
	v.checkAsked(t, gets)
	v.checkParts(t, d.Store.Parts(), parts)
	if v.Expect.MessagesAfter != "" {
		return d
	}
	return nil
}

// desk opens the vector's channel. Its clock is moved by each vector that it serves.
func (v Vector) desk(t *testing.T, k channels.Kind, more map[string]any, gets *gets) *Desk {
	t.Helper()
	now, h := v.Now, v.host()
	h.Now, h.Get, h.Outside = func() time.Time { return time.Unix(now, 0) }, gets.get, gets
	d, err := newDeskAt(k, v.settings(t, more), h)
	if err != nil {
		t.Fatalf("the channel does not open: %v", err)
	}
	d.now = &now
	return d
}

// checkParts compares what waits now, where earlier parts waited before: the parts
// of a message wait until it comes out.
func (v Vector) checkParts(t *testing.T, waiting []ingest.Arrival, before int) {
	t.Helper()
	switch {
	case len(v.Expect.Messages) > 0 && before > 0 && len(waiting) != 0:
		t.Errorf("%d parts wait behind their message", len(waiting))
	case len(v.Expect.Messages) == 0 && len(waiting)-before != len(v.Expect.Parts):
		t.Errorf("%d parts wait, were %d, want %d more", len(waiting), before, len(v.Expect.Parts))
	case len(v.Expect.Messages) > 0:
		return
	}
	for i, want := range v.Expect.Parts {
		if got := waiting[before+i].Part; got.Number != want.Part || got.Total != want.Total {
			t.Errorf("part %d of %d, want %d of %d", got.Number, got.Total, want.Part, want.Total)
		}
	}
}

func (v Vector) checkRejected(t *testing.T, d *Desk, w *httptest.ResponseRecorder, stored int) {
	t.Helper()
	anyOf := v.Expect.Response.StatusAnyOf
	if anyOf == nil && w.Code/100 != 4 || anyOf != nil && !slices.Contains(anyOf, w.Code) {
		t.Errorf("answered %d, want a refusal (%v)", w.Code, anyOf)
	}
	if not := v.Expect.Response.BodyNot; not != "" && strings.Contains(w.Body.String(), not) {
		t.Errorf("the body is %q", w.Body)
	}
	if stored != 0 || d.Ignored+d.Foreign != 0 {
		t.Errorf("refused, but %d stored and %d counted", stored, d.Ignored+d.Foreign)
	}
}

func (v Vector) checkAccepted(t *testing.T, k channels.Kind, fresh []Stored, ignored int) {
	t.Helper()
	if v.Expect.VerifyOnly || v.Expect.Optional {
		return
	}
	if n := len(v.Expect.Ignored); ignored != n {
		t.Errorf("%d counted, want %d", ignored, n)
	}
	edits, fresh := parted(fresh, ingest.Edit)
	unsent, fresh := parted(fresh, ingest.Unsend)
	compareMessages(t, k, v.Expect.Edits, edits)
	compareMessages(t, k, v.Expect.Deletions, unsent)
	compareMessages(t, k, v.Expect.Messages, fresh)
}

// parted takes the changes of a kind out of a list.
func parted(list []Stored, kind ingest.ChangeKind) (changes, rest []Stored) {
	for _, s := range list {
		if c := s.Arrival.Message.Change; c != nil && c.Kind == kind {
			changes = append(changes, s)
		} else {
			rest = append(rest, s)
		}
	}
	return changes, rest
}

func compareMessages(t *testing.T, k channels.Kind, want []vectorMessage, got []Stored) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for i, s := range got {
		if s.State != ingest.Received {
			t.Errorf("message %d is %s: %s %s", i, s.State, s.Arrival.Problem, s.Arrival.Note)
			continue
		}
		want[i].compare(t, k, s.Arrival)
	}
}

// check compares what the provider looks at.
func (want vectorResponse) check(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	body := w.Body.String()
	if want.Status != 0 && w.Code != want.Status || w.Code/100 != 2 {
		t.Errorf("answered %d, want %d", w.Code, want.Status)
	}
	empty := body == "" && want.BodyRule != ""
	if want.Body != nil && body != *want.Body && !empty {
		t.Errorf("the body is %q, want %q", body, *want.Body)
	}
	if want.BodyAnyOf != nil && !slices.Contains(want.BodyAnyOf, body) {
		t.Errorf("the body is %q, want one of %q", body, want.BodyAnyOf)
	}
	if kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); want.ContentType != "" && kind != want.ContentType && !empty {
		t.Errorf("the content is %q, want %q", kind, want.ContentType)
	}
	if want.JSON != nil {
		var got any
		if err := json.Unmarshal([]byte(body), &got); err != nil || !reflect.DeepEqual(got, want.JSON) {
			t.Errorf("the body is %q, want %v", body, want.JSON)
		}
	}
}
