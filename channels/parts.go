package channels

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/ingest"
)

// Parts says what a raw form holds that was joined of parts. Like the time it
// stands in the raw form's envelope.
type Parts struct {
	Total int `json:"total"`
	// Late says that the message was delivered before this part of it came.
	Late bool   `json:"late,omitempty"`
	Held []Held `json:"held"` // by number
}

// Held is one part's raw form: so many octets, after those of the parts before it.
type Held struct {
	Number int `json:"number"`
	Size   int `json:"size"`
}

// Join makes one arrival of the parts of a message. Its raw form holds theirs;
// the kind's Reread makes the message of it, with [Stamp.Pieces]. It has no
// keys: the parts have them.
func Join(set ingest.PartSet, reread func(raw []byte) (ingest.Message, error)) ingest.Arrival {
	form := Stamp{At: set.At().UTC().Truncate(time.Millisecond), Parts: &Parts{Total: set.Total, Late: set.Late}}
	var all []byte
	for _, p := range set.Parts {
		form.Parts.Held = append(form.Parts.Held, Held{p.Number, len(p.Raw)})
		all = append(all, p.Raw...)
	}
	raw, err := Seal(form, all)
	a := ingest.Arrival{Raw: raw, Derived: true}
	if err == nil {
		a.Message, err = rereadSafely(reread, raw)
	}
	if err != nil {
		return ingest.Arrival{
			Message: ingest.Message{ReceivedAt: form.At, Auto: ingest.AutoNone},
			Raw:     raw, Problem: ingest.ReasonUnreadable, Note: plain(err.Error()),
		}
	}
	return a
}

func rereadSafely(reread func([]byte) (ingest.Message, error), raw []byte) (m ingest.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = ingest.Message{}, fmt.Errorf("reader panicked: %T", p)
		}
	}()
	return reread(raw)
}

// Piece is one of the parts that a joined element holds.
type Piece struct {
	Stamp
	Element []byte
}

// Pieces gives the parts of a joined element in the order of their numbers; nil if
// it is not joined. A Reader whose readings have a Part reads both.
func (s Stamp) Pieces(element []byte) (pieces []Piece, err error) {
	if s.Parts == nil {
		return nil, nil
	}
	forms, err := s.Parts.split(element)
	for _, raw := range forms {
		var p Piece
		if p.Element, err = Unseal(raw, &p.Stamp); err != nil {
			return nil, err
		}
		pieces = append(pieces, p)
	}
	return pieces, err
}

var errSplit = fmt.Errorf("the raw form does not hold the parts that it names")

func (p *Parts) split(rest []byte) (forms [][]byte, err error) {
	for _, h := range p.Held {
		if h.Size < 0 || h.Size > len(rest) {
			return nil, errSplit
		}
		forms, rest = append(forms, rest[:h.Size]), rest[h.Size:]
	}
	if len(forms) == 0 || len(rest) > 0 {
		return nil, errSplit
	}
	return forms, nil
}

// Defects tell what is wrong with a message for how its parts came.
func (p *Parts) Defects() []ingest.Defect {
	held := func(n int) bool { return slices.ContainsFunc(p.Held, func(h Held) bool { return h.Number == n }) }
	var missing []string
	for n := 1; n <= min(p.Total, ingest.MaxParts); n++ {
		if !held(n) {
			missing = append(missing, fmt.Sprint(n))
		}
	}
	switch {
	case p.Late && len(p.Held) > 0:
		return []ingest.Defect{{Code: "part_late", Detail: fmt.Sprintf("part %d of %d, whose message was delivered without it", p.Held[0].Number, p.Total)}}
	case missing != nil:
		return []ingest.Defect{{Code: "parts_missing", Detail: detail(fmt.Sprintf("of %d: %s", p.Total, strings.Join(missing, ", ")))}}
	}
	return nil
}

// detail cuts what a defect says to what it may say.
func detail(s string) string {
	const most = 200
	if len(s) > most {
		return s[:strings.LastIndexByte(s[:most-3], ' ')] + " …"
	}
	return s
}
