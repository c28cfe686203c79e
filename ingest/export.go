package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// JobExport makes a file.
const JobExport JobKind = "export"

// ExportWhat is what a file tells of.
type ExportWhat string

// What can be exported.
const (
	ExportContacts ExportWhat = "contacts"
	ExportHeld     ExportWhat = "held"    // the tickets of the blocked list
	ExportDossier  ExportWhat = "dossier" // all that is stored of a person, as a ZIP
)

// Least is the least role that may ask for such a file, and have it.
func (w ExportWhat) Least() Role {
	if w == ExportHeld {
		return RoleSupervisor
	}
	return RoleAdmin
}

// What a file may come to, for how long it is kept after it was made, and how
// many there may be at once.
const (
	ExportBytes = 50 << 20
	ExportKept  = 7 * 24 * time.Hour
	ExportsMost = 50
)

// ExportTooLarge is the code of a job that failed since its file would be
// larger than ExportBytes.
const ExportTooLarge = "too-large"

// ErrExports says that so many files are kept already that no other is made.
var ErrExports = fmt.Errorf("%d exports are kept already: delete one that nobody needs: %w", ExportsMost, ErrConflict)

// ErrExportGone says that a file was deleted or is past its time.
var ErrExportGone = errors.New("the file has gone")

// ExportOrder asks for a file. Of the filters that of What counts.
type ExportOrder struct {
	What     ExportWhat    `json:"-"`
	Contacts ContactFilter `json:"contacts,omitzero"`
	Held     TicketFilter  `json:"held,omitzero"`
	Contact  ID            `json:"contact,omitzero"` // whose dossier it is
	Actor    string        `json:"-"`
}

// ExportState is how far a file is.
type ExportState string

// The states of a file: that of its job while there is none.
const (
	ExportReady ExportState = "ready"
	ExportGone  ExportState = "gone"
)

// Export is a file that a job makes, or has made. It says nothing of whom the
// file is about.
type Export struct {
	ID        int64       `json:"id,string"` // its job's
	What      ExportWhat  `json:"what"`
	State     ExportState `json:"state"` // queued, running, ready, failed, cancelled or gone
	Rows      int64       `json:"rows"`  // without the line of names; if it is too large, how many it would have; of a dossier, its messages
	Bytes     int64       `json:"bytes"`
	SHA256    string      `json:"sha256"`
	Error     string      `json:"error"` // why it failed or has gone: a code
	Says      string      `json:"says"`  // and what to do
	CreatedBy string      `json:"created_by"`
	CreatedAt time.Time   `json:"created_at"`
	MadeAt    *time.Time  `json:"made_at"`
	ExpiresAt time.Time   `json:"expires_at"`
}

// Explain fills in Says.
func (e *Export) Explain() {
	switch {
	case e.Error == ExportTooLarge:
		e.Says = fmt.Sprintf("it would have %d rows and more than %d MB: choose fewer, by from and to for one, and ask again", e.Rows, ExportBytes>>20)
	case e.State == ExportGone:
		e.Says = "it has gone: ask for a new one"
	case e.State == ExportState(JobFailed), e.State == ExportState(JobCancelled):
		e.Says = "retry its job, or ask for a new one"
	}
}

// ContactHead names the cells of ContactCells.
var ContactHead = []string{"contact_id", "name", "nickname", "username", "company", "location", "email", "phone", "addresses", "tags", "fields",
	"rules", "held", "unopened", "created_at", "last_seen_at"}

// ContactCells are those of a contact in a CSV file; rules are the kinds of
// those that name it as a person.
func ContactCells(c Contact, rules []string) []string {
	fields := ""
	if len(c.Fields) > 0 {
		b, _ := json.Marshal(c.Fields) // strings always marshal
		fields = string(b)
	}
	return []string{c.ID.String(), c.Name, c.Nickname, c.Username, c.Company, c.Location, c.valuesOf("email"), c.valuesOf("phone"), c.addresses(),
		strings.Join(c.Tags, " "), fields, strings.Join(rules, " "), strconv.Itoa(c.Held), strconv.Itoa(c.Unopened), cellOf(&c.CreatedAt), cellOf(c.LastSeenAt)}
}

// valuesOf lists what a contact is known by of a kind.
func (c *Contact) valuesOf(kind string) string {
	var list []string
	for _, i := range c.Identities {
		if i.Kind == kind {
			list = append(list, i.Value)
		}
	}
	return strings.Join(list, " ")
}

// addresses lists all that a contact is known by, with its kinds.
func (c *Contact) addresses() string {
	list := make([]string, len(c.Identities))
	for n, i := range c.Identities {
		list[n] = i.Key()
	}
	return strings.Join(list, " ")
}

// TicketHead names the cells of TicketCells.
var TicketHead = []string{"ticket_id", "contact_id", "channel", "sender", "subject", "preview", "messages", "held_by", "rule", "reason",
	"expired", "held_at", "opened_at", "opened_by", "likely_wrong", "why_likely_wrong", "review_at", "review_by"}

// TicketCells are those of a ticket in a CSV file.
func TicketCells(t Ticket) []string {
	heldBy, rule, reason := "system", "", string(t.Reason)
	if t.Rule != nil {
		heldBy, rule, reason = string(t.Rule.Kind)+" "+t.Rule.Target.String(), strconv.FormatInt(t.Rule.ID, 10), t.Rule.Reason
	}
	var reviewAt, reviewBy string
	if t.Review != nil {
		reviewAt, reviewBy = cellOf(&t.Review.At), t.Review.By
	}
	return []string{t.ID.String(), t.ContactID.String(), t.Channel, t.Sender, t.Subject, t.Preview, strconv.Itoa(t.Messages), heldBy, rule, reason,
		strconv.FormatBool(t.Expired), cellOf(&t.HeldAt), cellOf(t.OpenedAt), t.OpenedBy, strconv.FormatBool(t.LikelyWrong),
		strings.Join(t.WhyLikelyWrong, " "), reviewAt, reviewBy}
}

func cellOf(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
