package console

import (
	"fmt"
	"mime"
	"regexp"
	"strings"

	"gatehouse/ingest"
)

// Height is a guess how high a mail's frame has to be, in CSS pixels: nothing in
// it may run to say so.
func (f frame) Height(m ingest.Record) int {
	high := 60
	if f.Images() {
		high += 200 * strings.Count(m.HTML, "<img")
	}
	for line := range strings.Lines(m.Text) {
		high += 24 * (1 + len(line)/90)
	}
	return min(max(high, 160), 900)
}

// Remote reports whether a mail has pictures from elsewhere.
func (f frame) Remote(m ingest.Record) bool { return strings.Contains(m.HTML, remoteSource) }

// Octets is a size as people read it.
func (f frame) Octets(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// fileKinds are kinds of file by their type or its first half.
var fileKinds = map[string]string{"image": "picture", "audio": "sound", "video": "video", "text": "text", "application/pdf": "PDF",
	"application/zip": "archive", "message/rfc822": "mail", "text/html": "web page", "text/calendar": "appointment"}

// FileKind is what sort of file an attachment says it is.
func (f frame) FileKind(contentType string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "file"
	}
	if says, ok := fileKinds[kind]; ok {
		return says
	}
	general, _, _ := strings.Cut(kind, "/")
	if says, ok := fileKinds[general]; ok {
		return says
	}
	return kind
}

// steps are the stages of a decision as what they ask.
var steps = map[string]string{"repeat": "Was it here before?", "resolve": "Who wrote it?", "screen": "May it come in?", "route": "Where does it go?"}

var (
	idInTrail     = regexp.MustCompile(`(contact|ticket|conversation) [0-9a-f]{8}-[0-9a-f-]{27}`)
	targetInTrail = regexp.MustCompile(`rule [0-9]+ on [^ ,;]+`)
)

// told is a line of a message's trail, for people.
type told struct{ Asks, Says string }

// Trail is how it was decided, step by step.
func (f frame) Trail(lines []ingest.Line) (list []told) {
	for _, l := range lines {
		asks, ok := steps[l.Stage]
		if !ok {
			asks = capital(l.Stage)
		}
		says := targetInTrail.ReplaceAllStringFunc(idInTrail.ReplaceAllString(l.Says, "this $1"), onWhom)
		list = append(list, told{asks, capital(says + ".")})
	}
	return list
}

// onWhom is a rule of a trail as people name it: "rule 7 on everybody".
func onWhom(rule string) string {
	i := strings.LastIndexByte(rule, ' ')
	target, err := ingest.ParseTarget(rule[i+1:])
	if err != nil {
		return rule // a blank in it cut it short
	}
	return rule[:i+1] + target.Whom()
}

// became are states as what became of a message.
var became = map[ingest.State]string{ingest.Received: "on its way", ingest.Conversed: "in a conversation", ingest.Held: "held",
	ingest.Refused: "refused", ingest.Dead: "unreadable", ingest.Purged: "deleted"}

// Became is what became of a message, in words.
func (f frame) Became(s ingest.State) string { return became[s] }
