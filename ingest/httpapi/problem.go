package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
)

// Problem is what is wrong with a request (RFC 9457). Type is a name to decide
// by; Detail is for people.
type Problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty"`

	wait time.Duration // with 429: until another try

	// With internal: what the program's log has this fault under.
	Fault string `json:"fault,omitempty"`

	// With held-choice-required: what the rules hold.
	Held     *int `json:"held,omitempty"`
	Tickets  *int `json:"tickets,omitempty"`
	Unopened *int `json:"unopened,omitempty"`

	// With foot-gun: what is suspicious, and whom the rule would have met.
	Alarms []AlarmSays       `json:"alarms,omitempty"`
	Reach  *ingest.RuleReach `json:"reach,omitempty"`

	// With nothing-to-lift: which rules hold the contact's messages all the same.
	HeldBy []ingest.Holder `json:"held_by,omitempty"`

	// With identity-taken: whose the address is.
	ContactID *ingest.ID `json:"contact_id,omitempty"`

	// With merge-choice-required: the two contacts, and what may be chosen.
	Merge *MergePreview `json:"merge,omitempty"`

	// With may-not-receive: why the person may not be written to.
	Standing *ingest.Standing `json:"standing,omitempty"`
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field string `json:"field"`
	Says  string `json:"says"`
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457 §3.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// retryAfter is how many seconds to wait before another try, where it is our
// fault.
const retryAfter = "5"

// GetHeaders are the headers that its status asks for.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter)
	}
	return h
}

func (p *Problem) titled() *Problem {
	named := *p
	named.Title = http.StatusText(p.Status)
	return &named
}

func (p *Problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.ContentType(""))
	maps.Copy(w.Header(), p.GetHeaders())
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p.titled()) // the client has gone: nobody to tell
}

// badField is a 422 about one field.
func badField(field, says string) *Problem {
	return &Problem{Type: "invalid", Status: http.StatusUnprocessableEntity, Detail: field + ": " + says,
		Errors: []FieldError{{field, says}}}
}

// conflict is a 409 with a name to decide by.
func conflict(kind, says string) *Problem {
	return &Problem{Type: kind, Status: http.StatusConflict, Detail: says}
}

// clashing is what a conflict says, without the word for what it is.
func clashing(err error) string {
	return strings.TrimSuffix(err.Error(), ": "+ingest.ErrConflict.Error())
}

var errUnknown = &Problem{Type: "not-found", Status: http.StatusNotFound, Detail: "there is no such thing"}

// problemOf gives an error its status. What is not the caller's doing is
// logged, not told.
func (a *api) problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	var choice *ingest.HeldChoiceError
	var taken *ingest.TakenError
	switch {
	case errors.As(err, &p):
		return p.titled()
	case errors.As(err, &choice):
		p = conflict("held-choice-required", choice.Error())
		p.Held, p.Tickets, p.Unopened = &choice.Held, &choice.Tickets, &choice.Unopened
	case errors.As(err, &taken):
		p = conflict("identity-taken", taken.Error())
		p.ContactID = &taken.Contact
	case errors.Is(err, ingest.ErrStale):
		p = &Problem{Type: "stale", Status: http.StatusPreconditionFailed, Detail: clashing(err)}
	case errors.Is(err, ingest.ErrLegalHold):
		p = &Problem{Type: "legal-hold", Status: http.StatusLocked,
			Detail: "the contact is under a legal hold: nothing of theirs may be deleted before an administrator lifts it"}
	case errors.Is(err, ingest.ErrLastAdmin):
		p = conflict("last-admin", clashing(err))
	case errors.Is(err, ingest.ErrErased):
		p = conflict("erased", "the contact was erased: nothing of it is left; whoever writes from its addresses again is another contact")
	case errors.Is(err, ingest.ErrNotFound):
		p = errUnknown
	case errors.Is(err, ingest.ErrGone):
		p = &Problem{Type: "gone", Status: http.StatusGone,
			Detail: "older than kept: read conversations and contacts afresh, then follow the log from its beginning, without after"}
	case errors.Is(err, ingest.ErrConflict), errors.Is(err, ingest.ErrFenced):
		p = conflict("conflict", clashing(err))
	case ingest.Invalid(err):
		p = invalid(err)
	case ingest.Temporary(err):
		a.logFailure(ctx, err)
		p = &Problem{Type: "unavailable", Status: http.StatusServiceUnavailable, Detail: "try again in a moment"}
	default:
		p = errFault(rand.Text()[:8])
		a.logFailure(ctx, err, "fault", p.Fault)
	}
	return p.titled()
}

// invalid makes a 422 of an error that the data itself is at fault for. Those
// of one field begin with its name, behind what was to be done; of a cursor any
// list may complain.
func invalid(err error) *Problem {
	if _, says, found := strings.Cut(err.Error(), ": cursor: "); found {
		return badField("cursor", says)
	}
	field, says, found := strings.Cut(err.Error(), ": ")
	if found && strings.Contains(field, " ") {
		field, says, found = strings.Cut(says, ": ")
	}
	if !found || strings.Contains(field, " ") {
		return badField("body", err.Error())
	}
	return badField(field, says)
}

func (a *api) logFailure(ctx context.Context, err error, more ...any) {
	if ctx.Err() == nil {
		a.Log.ErrorContext(ctx, "request failed", append([]any{"error", err}, more...)...)
	}
}
