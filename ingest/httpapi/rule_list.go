package httpapi

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
)

// The forms of a list of rules.
const (
	listLines   = "jsonl"
	listCSV     = "csv"
	listZendesk = "zendesk"
	listAllow   = "zendesk_allow"
	listBlock   = "zendesk_block"
)

// listed is an entry of a list: a rule, or why it is none.
type listed struct {
	line    int
	text    string // of lists that have several entries a line
	rule    RuleLine
	says    string // how it was read
	skipped string // why nothing becomes of it, though it is not wrong
	fault   error
	item    int // of the import; -1: none
}

// readList reads a list, in the form that it is said to have or looks like; of one
// that is too long no more than tells that.
func readList(form string, body []byte) (string, []listed, error) {
	body = bytes.TrimPrefix(body, []byte(ingest.ByteOrderMark))
	if form == "" {
		form = looksLike(body)
	}
	switch form {
	case listLines:
		return form, readLines(body), nil
	case listCSV:
		list, err := readCSV(body)
		return form, list, err
	case listZendesk:
		return form, nil, badField("format", "say which of Zendesk's lists it is: zendesk_allow or zendesk_block")
	}
	return form, readWords(body, form == listAllow), nil
}

// looksLike tells the form of a list by its beginning.
func looksLike(body []byte) string {
	begin := bytes.TrimSpace(body)
	first, _, _ := bytes.Cut(begin, []byte("\n"))
	words := strings.FieldsFunc(strings.ToLower(string(first)), func(r rune) bool { return strings.ContainsRune(",;\t\" \r", r) })
	switch {
	case len(begin) == 0 || begin[0] == '{' || begin[0] == '[':
		return listLines
	case slices.Contains(words, "kind") && slices.Contains(words, "target"):
		return listCSV
	case slices.ContainsFunc(words, func(w string) bool {
		return strings.HasSuffix(w, "list:") || strings.HasPrefix(w, "reject:") || strings.HasPrefix(w, "suspend:") || w == "*"
	}):
		return listBlock
	case slices.ContainsFunc(words, func(w string) bool { return strings.ContainsAny(w, "@.") && !strings.ContainsAny(w, "{}[]") }):
		return listZendesk // but which?
	}
	return listLines
}

func readLines(body []byte) (list []listed) {
	n := 0
	for line := range bytes.Lines(body) {
		if n++; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(list) > maxRules {
			break
		}
		l := listed{line: n, item: -1}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&l.rule); err != nil || decoder.More() {
			l.fault = badField("line", "want one JSON object with kind, target and what GET /rules/export writes")
		}
		list = append(list, l)
	}
	return list
}

func readWords(body []byte, allows bool) (list []listed) {
	for w := range ingest.ZendeskWords(string(body), allows) {
		if len(list) > maxRules {
			break
		}
		list = append(list, listed{line: w.Line, text: w.Text, says: w.Says, skipped: w.Skipped, item: -1,
			rule: RuleLine{Kind: w.Kind, Target: w.Target, Reason: "zendesk"}})
	}
	return list
}

// ruleCells reads the cells of a rule, by their names; nil: what an export says
// of a rule, and an import takes no notice of.
var ruleCells = map[string]func(r *RuleLine, cell string) error{
	"kind":        func(r *RuleLine, s string) error { r.Kind = ingest.RuleKind(strings.ToLower(s)); return nil },
	"target":      func(r *RuleLine, s string) error { r.Target = s; return nil },
	"reason":      func(r *RuleLine, s string) error { r.Reason = s; return nil },
	"comment":     func(r *RuleLine, s string) error { r.Comment = s; return nil },
	"scope":       func(r *RuleLine, s string) error { r.Scope = strings.Fields(s); return nil },
	"spare_known": func(r *RuleLine, s string) (err error) { r.SpareKnown, err = truth("spare_known", s); return err },
	"lifted":      func(r *RuleLine, s string) (err error) { r.Lifted, err = truth("lifted", s); return err },
	"on_expiry":   func(r *RuleLine, s string) error { r.OnExpiry = ingest.OnExpiry(s); return nil },
	"expires_at":  func(r *RuleLine, s string) (err error) { r.ExpiresAt, err = moment("expires_at", s); return err },
	"id":          nil, "created_by": nil, "created_at": nil, "hits": nil, "last_hit_at": nil, "held": nil, "released_wrong": nil, "false_share": nil,
}

func truth(field, s string) (bool, error) {
	if s == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(strings.ToLower(s))
	if err != nil {
		return false, badField(field, "want true or false")
	}
	return b, nil
}

// moment reads a time, or a day at its beginning in UTC.
func moment(field, s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, s); err == nil {
			return &at, nil
		}
	}
	return nil, badField(field, "want a time as in 2026-12-31T18:00:00Z, or a day")
}

// readCSV reads a list with a line of names, whose order is free, between commas,
// semicolons or tabs.
func readCSV(body []byte) ([]listed, error) {
	read := csv.NewReader(bytes.NewReader(body))
	read.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(body, []byte("\n"))
	for _, mark := range ";\t" {
		if bytes.ContainsRune(first, mark) && !bytes.ContainsRune(first, ',') {
			read.Comma = mark
		}
	}
	head, err := read.Read()
	if err != nil {
		return nil, badField("body", "its first line is to name the columns, as GET /rules/export?format=csv writes them")
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
		if _, known := ruleCells[head[i]]; !known {
			return nil, badField("body", fmt.Sprintf("no column is called %q: leave it out, or see GET /rules/export?format=csv", head[i]))
		}
	}
	if !slices.Contains(head, "kind") || !slices.Contains(head, "target") {
		return nil, badField("body", "it has no columns kind and target")
	}
	return readRecords(read, head), nil
}

func readRecords(read *csv.Reader, head []string) (list []listed) {
	for len(list) <= maxRules {
		cells, err := read.Read()
		if errors.Is(err, io.EOF) {
			return list
		}
		l := listed{item: -1}
		var torn *csv.ParseError
		if errors.As(err, &torn) {
			l.line, l.fault = torn.StartLine, badField("line", "its quotes do not match: "+torn.Err.Error())
			list = append(list, l)
			continue
		}
		l.line, _ = read.FieldPos(0)
		l.rule, l.fault = readRecord(head, cells)
		list = append(list, l)
	}
	return list
}

func readRecord(head, cells []string) (r RuleLine, err error) {
	if len(cells) != len(head) {
		return r, badField("line", fmt.Sprintf("it has %d cells, and the first line %d", len(cells), len(head)))
	}
	for i, name := range head {
		if set := ruleCells[name]; set != nil && err == nil {
			err = set(&r, strings.TrimSpace(ingest.Unharmed(cells[i])))
		}
	}
	return r, err
}
