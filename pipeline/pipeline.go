package pipeline

import "gatehouse/ingest"

// Stage adds its part to a decision and says, for people, what it found.
type Stage struct {
	Name string
	Do   func(*Book, ingest.Message, ingest.Facts, ingest.Decision) (ingest.Decision, string)
}

// stages run in this order, all of them for every message.
var stages = []Stage{
	{"repeat", repeat},
	{"resolve", resolve},
	{"screen", screen},
	{"route", route},
}

// Decide says what becomes of the message, and why. It is total: To is
// Conversed, Held or Refused, Rule or Reason is set unless it is Conversed,
// and a released message is never Refused. It sees one message: whoever
// decides a batch updates the facts in between.
func Decide(book *Book, m ingest.Message, f ingest.Facts) ingest.Decision {
	d := ingest.Decision{Trail: make([]ingest.Line, 0, len(stages))}
	for _, s := range stages {
		next, says := s.Do(book, m, f, d)
		next.Trail = append(next.Trail, ingest.Line{Stage: s.Name, Says: says})
		d = next
	}
	return d
}
