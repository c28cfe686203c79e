package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	startsAdvert     = indexed(adverts)
	startsWeakAdvert = indexed(weakAdverts)
	startsFooter     = indexed(footerLines)
	startsNotice     = indexed(notices)
	noticeTitles     = indexed(noticeHeadings)
)

// Bounds of what counts as a signature, in lines with text.
const (
	maxSignature = 60 // behind "-- "
	maxLooseSig  = 8  // behind a delimiter written carelessly: "--", "__"
	maxAdvert    = 4  // from the end where a client's advertisement may stand
	maxNotice    = 12 // of a legal notice, or of a list's footer
)

// splitSignature takes the signature off the end of a reply. A reply that
// would be empty without it keeps it.
func splitSignature(text string) (reply, signature string) {
	at := signatureStart(text)
	if reply = trimBlank(text[:at]); reply == "" {
		return text, ""
	}
	return reply, trimBlank(text[at:])
}

// signatureStart walks up from the end of a text and returns where its
// signature begins, its length if there is none.
func signatureStart(text string) int {
	start := len(text)
	s := signatureWalk{text: text}
	for n, end := 0, len(text); n <= 2*maxSignature && end >= 0; n++ {
		begin := strings.LastIndexByte(text[:end], '\n') + 1
		line := text[begin:end]
		if isQuote(line) {
			return start
		}
		if s.begins(line, begin, start) {
			start = begin
		}
		if s.filled <= maxSignature && !isBlank(line) && !isAdvert(line) && !isMark(line) {
			s.filled++
		}
		end = begin - 1
	}
	return start
}

// signatureWalk is what was seen on the way up: how many lines with text that
// are not themselves marks of a signature; they are counted no further than
// anybody asks.
type signatureWalk struct {
	text   string
	filled int
}

// begins reports that a signature begins with the line, which stands at an
// offset; another may begin below it, at start.
func (s *signatureWalk) begins(line string, at, start int) bool {
	switch {
	case line == "-- ":
		return s.filled <= maxSignature
	case line == "--", line == "__", line == "—", line == "––":
		return s.filled <= maxLooseSig || start < len(s.text) && s.filled <= maxSignature && strings.TrimSpace(s.text[at+len(line):start]) == ""
	case isMark(line):
		below := strings.TrimSpace(s.text[at+len(line):])
		return s.filled <= maxLooseSig && (len(line) <= 3 || isBlank(lineAbove(s.text, at)) && opensWithName(below)) && looksSigned(below) ||
			s.filled <= maxNotice && isFooter(below) || below == "" || start < len(s.text) && strings.TrimSpace(s.text[at+len(line):start]) == ""
	case namesSelf(line):
		return s.filled == 0 && strings.Count(s.text, "\n--") < 2
	}
	return s.filled < maxAdvert && isAdvert(line) || s.filled < maxNotice && (isNotice(s.text[at:]) || isListLine(line))
}

// isMark reports a line that delimits a signature (RFC 3676 §4.3), however
// carelessly it is written, or the rule above a list's footer.
func isMark(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 2 && mayBeRule(line[0]) && (strings.Trim(line, "-") == "" || strings.Trim(line, "_") == "" || strings.Trim(line, "—–―") == "" || strings.Trim(line, "=") == "")
}

// mayBeRule reports the first octet of what rules are made of; of dashes
// beyond ASCII too.
func mayBeRule(c byte) bool { return c == '-' || c == '_' || c == '=' || c == '*' || c == "—"[0] }

// lineAbove is the line before the one that begins at an offset.
func lineAbove(text string, at int) string {
	text = text[:max(at-1, 0)]
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// opensWithName reports lines that begin with what may be somebody's name, or
// say how to reach somebody: what follows a rule is else a part of the text.
func opensWithName(below string) bool {
	first, _, _ := strings.Cut(below, "\n")
	letter, _ := utf8.DecodeRuneInString(first)
	return strings.Contains(below, "@") || !unicode.IsLower(letter) && !hasDigit(first) && len(strings.Fields(first)) <= 4 && !endsSentence(first)
}

// namesSelf reports "--Ann" and "-- Ann Lee".
func namesSelf(line string) bool {
	name, found := strings.CutPrefix(line, "--")
	name = strings.TrimSpace(name)
	first, _ := utf8.DecodeRuneInString(name)
	return found && (unicode.IsUpper(first) || unicode.IsLetter(first) && first > unicode.MaxLatin1) && len(strings.Fields(name)) <= 4
}

// looksSigned reports lines that read as a signature and not as prose: short,
// none of them a sentence, or of a patch.
func looksSigned(below string) bool {
	if below == "" {
		return false
	}
	alone := !strings.Contains(below, "\n")
	for line := range strings.SplitSeq(below, "\n") {
		line = strings.TrimSpace(line)
		sentence := endsSentence(line) && (alone || len(strings.Fields(line)) > 3) || strings.HasSuffix(line, ":")
		if len(line) > maxSignedLine || strings.HasPrefix(line, "diff ") || sentence && !isNotice(line) && !isAdvert(line) && !strings.Contains(line, "@") {
			return false
		}
	}
	return true
}

// maxSignedLine bounds a line of a signature, in octets.
const maxSignedLine = 120

// isFooter reports the words that programs of lists put below every message.
func isFooter(below string) bool {
	lower := strings.ToLower(below[:min(len(below), maxFooter)])
	for _, words := range footerWords {
		if strings.Contains(lower, words) {
			return true
		}
	}
	return false
}

// maxFooter bounds how much of a footer is looked at, in octets.
const maxFooter = 2000

// isListLine reports a line that begins a list's footer without a rule.
func isListLine(line string) bool {
	return startsFooter.begin(start(strings.TrimLeft(line, "([ \t*")))
}

// onlySignature reports a text that is a signature and nothing else.
func onlySignature(text string) bool {
	first, rest, _ := strings.Cut(text, "\n")
	if isMark(first) {
		return true
	}
	for isAdvert(first) {
		rest = strings.TrimLeft(rest, "\n \t")
		if rest == "" {
			return true
		}
		first, rest, _ = strings.Cut(rest, "\n")
	}
	return false
}

// isNotice reports a paragraph that says, in the words of lawyers, what may be
// done with the mail: it begins with a heading of such notices, or begins as
// they do and speaks of secrecy, viruses or paper.
func isNotice(text string) bool {
	text = strings.TrimLeft(text[:min(len(text), maxNoticeText)], "*_( \t")
	if noticeTitles.begin(text) {
		return true
	}
	if !startsNotice.begin(text) {
		return false
	}
	paragraph, _, _ := strings.Cut(strings.ToLower(text), "\n\n")
	for _, word := range noticeWords {
		if strings.Contains(paragraph, word) {
			return true
		}
	}
	return false
}

// maxNoticeText bounds how much of a notice is looked at, in octets.
const maxNoticeText = 600

// isAdvert reports "Sent from my phone" in any language of the table. Written
// small in a script that has capitals, or long, it is a sentence.
func isAdvert(line string) bool {
	if len(line) > maxAdvertLine {
		return false
	}
	trimmed := strings.TrimSpace(line)
	if trimmed != "" && strings.IndexByte("(*<[_", trimmed[0]) >= 0 {
		trimmed = strings.TrimLeft(trimmed, "(*<[_")
	}
	if startsAdvert.begin(trimmed) || startsWeakAdvert.begin(trimmed) {
		return beginsAsAdvert(line, trimmed)
	}
	bare := strings.TrimRight(trimmed, ".!)*>]_ ")
	return fewWords(bare, maxProduct) && endsAsAdvert(strings.ToLower(trimmed), strings.ToLower(bare))
}

// beginsAsAdvert is isAdvert for what begins like one.
func beginsAsAdvert(line, trimmed string) bool {
	first, _ := utf8.DecodeRuneInString(trimmed)
	lower := strings.ToLower(trimmed)
	small := unicode.IsLower(first) && (len(line) == len(trimmed) || line[0] == ' ')
	if rest, found := startsAdvert.cut(lower); found {
		return isProduct(rest) && (!small || namesDevice(rest) && fewWords(rest, maxSmallAdvert))
	}
	return !small && fewWords(lower, 2*maxProduct) && namesDevice(lower)
}

// endsAsAdvert is isAdvert for languages whose verb comes last; bare is the
// line without what ends it.
func endsAsAdvert(lower, bare string) bool {
	if strings.Contains(lower, "outlook") && (strings.Contains(lower, "ios") || strings.Contains(lower, "android")) && fewWords(lower, maxProduct) {
		return true
	}
	for _, words := range advertEnds {
		if strings.HasSuffix(bare, words) && namesDevice(bare) {
			return true
		}
	}
	return false
}

// fewWords reports no more than so many words.
func fewWords(s string, most int) bool {
	within := false
	for _, c := range s {
		blank := unicode.IsSpace(c)
		if !blank && !within {
			most--
		}
		if within = !blank; most < 0 {
			return false
		}
	}
	return true
}

// An advertisement's bounds: of a line in octets, of a product's name in words.
const (
	maxAdvertLine  = 160
	maxProduct     = 6
	maxSmallAdvert = 4
)

// isProduct reports what may follow "Sent from my": the name of a device or a
// program, up to the first stop. What goes on as a sentence is none.
func isProduct(rest string) bool {
	words := len(strings.Fields(rest))
	clause := rest
	for at := range len(rest) {
		if strings.IndexByte(",;!?<(", rest[at]) >= 0 || rest[at] == '.' && (at+1 == len(rest) || rest[at+1] == ' ') {
			clause = rest[:at]
			break
		}
	}
	if namesDevice(clause) || words <= maxProduct-1 && namesDevice(rest) {
		return true
	}
	tail := strings.TrimSpace(rest[len(clause):])
	return len(strings.Fields(clause)) <= maxProduct && (tail == "" || strings.ContainsAny(tail[:1], "<(") || strings.Trim(tail, ".!)*>_] ") == "" && words <= maxProduct-2)
}

func namesDevice(s string) bool {
	for _, device := range devices {
		if strings.Contains(s, device) {
			return true
		}
	}
	return false
}
