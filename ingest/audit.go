package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// AuditEntry says who did what: ids and codes only. N is its number in the
// chain and Hash its seal, both empty for the second or two until it is sealed.
type AuditEntry struct {
	ID      int64           `json:"id,string"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Subject string          `json:"subject"`
	Data    json.RawMessage `json:"data"`
	N       int64           `json:"n,string,omitempty"`
	Hash    string          `json:"hash,omitempty"`
}

// AuditFilter chooses lines; what is zero does not. In Action and Subject a *
// stands for anything.
type AuditFilter struct {
	Part
	Actor   string
	Action  string // as in rule.set or rule.*
	Subject string // as in rule:7 or message:*
	From    *time.Time
	To      *time.Time // before
}

// OpenedAgain is for how long the same that is opened again by the same person
// leaves no second line.
const OpenedAgain = 5 * time.Minute

// AuditTime is how a line's moment is written where it is hashed and exported:
// RFC 3339 in UTC with six digits of the second.
const AuditTime = "2006-01-02T15:04:05.000000Z"

// AuditLine is a line as it is hashed. Data is the text of its JSON as the
// database writes it, which exports carry as it is.
type AuditLine struct {
	N       int64
	ID      int64
	At      time.Time
	Actor   string
	Action  string
	Subject string
	Data    string
	Hash    []byte
}

// Seal is the hash of the line behind a line with the hash before; nil is
// before the first. What is hashed is eight netstrings ("5:hello,"): the hash
// before in hex, n, id, at, actor, action, subject, data. docs/audit.md has a
// script that does the same.
func (l AuditLine) Seal(before []byte) []byte {
	h := sha256.New()
	for _, field := range []string{hex.EncodeToString(before), strconv.FormatInt(l.N, 10), strconv.FormatInt(l.ID, 10),
		l.At.UTC().Format(AuditTime), l.Actor, l.Action, l.Subject, l.Data} {
		fmt.Fprintf(h, "%d:%s,", len(field), field)
	}
	return h.Sum(nil)
}

// AuditHead is where the audit's chain ends. Kept elsewhere, it proves later
// that no line up to it was changed. What retention removed ends with line Cut.
type AuditHead struct {
	N       int64     `json:"n,string"`
	Hash    string    `json:"hash"`
	At      time.Time `json:"at"` // when the line was sealed
	Cut     int64     `json:"cut,string"`
	CutHash string    `json:"cut_hash"`
	Waiting int       `json:"waiting"` // lines that are not sealed yet
}
