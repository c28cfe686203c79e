package mime

import (
	"strings"
	"unicode"
)

// Lengths beyond which a line is prose and no quote header, in octets.
const (
	maxAttribution = 400
	maxHeaderLine  = 300
)

// attributionAt returns how many lines an attribution ("On … wrote:") at line
// i takes, 0 if there is none. It may be folded over three lines.
func (t *thread) attributionAt(i int) int {
	length := 0
	for n := 1; n <= 3 && i+n <= len(t.lines); n++ {
		line := t.lines[i+n-1]
		if length += len(line); length > maxAttribution || isBlank(line) || n > 1 && isQuote(line) {
			return 0
		}
		if !endsInColon(line) {
			continue
		}
		joined := strings.Join(strings.Fields(strings.Join(t.lines[i:i+n], " ")), " ")
		if !endsAttribution(joined) {
			continue
		}
		if n > 1 && !opensAttribution(joined) {
			return 0
		}
		if t.standsApart(i + n) {
			return n
		}
		return 0
	}
	return 0
}

// endsInColon is a quick look at what every attribution ends with.
func endsInColon(line string) bool {
	line = strings.TrimRight(line, " \t")
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：") || strings.HasSuffix(line, ";")
}

// standsApart reports that prose does not go on at line i.
func (t *thread) standsApart(i int) bool {
	return i >= len(t.lines) || isBlank(t.lines[i]) || isQuote(t.lines[i])
}

// endsAttribution reports a line that ends with a language's "wrote:" and
// names a date or an address.
func endsAttribution(line string) bool {
	lower := strings.ToLower(strings.TrimRight(line, ":：; "))
	for _, verb := range wroteVerbs {
		if strings.HasSuffix(lower, verb) {
			return names(lower)
		}
	}
	for _, verb := range wroteBefore {
		if strings.Contains(lower, verb) && opensAttribution(line) {
			return names(lower)
		}
	}
	return false
}

// opensAttribution reports a line that begins as attributions do.
func opensAttribution(line string) bool {
	lower := strings.ToLower(line)
	for _, opener := range wroteOpeners {
		if strings.HasPrefix(lower, opener) {
			return true
		}
	}
	return lower != "" && unicode.IsDigit(rune(lower[0]))
}

// names reports an address, a clock time or a year: what a sentence that only
// looks like an attribution lacks.
func names(s string) bool {
	return strings.Contains(s, "@") || clockTime(s) || hasYear(s)
}

func clockTime(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && digit(s[i-1]) && digit(s[i+1]) && digit(s[i+2]) {
			return true
		}
	}
	return false
}

func hasYear(s string) bool {
	run := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && digit(s[i]) {
			run++
			continue
		}
		if run == 4 && (s[i-4:i-2] == "19" || s[i-4:i-2] == "20") {
			return true
		}
		run = 0
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// ruleAt returns how many lines a forwarding rule or a header block at line i
// takes, 0 if there is none.
func (t *thread) ruleAt(i int) int {
	line := strings.TrimSpace(t.lines[i])
	if len(line) > maxHeaderLine {
		return 0
	}
	n := 0
	switch {
	case saysOriginal(line):
		n = 1
	case strings.Trim(line, "_-") == "" && len(line) >= 5:
		if t.headerBlock(t.skipBlank(i+1)) == 0 {
			return 0
		}
		n = 1
	}
	from := i + n
	if n > 0 {
		from = t.skipBlank(from)
	}
	if block := t.headerBlock(from); block > 0 {
		return from + block - i
	}
	return n
}

// saysOriginal reports "-----Original Message-----" and "Begin forwarded
// message:" in any language of the table.
func saysOriginal(line string) bool {
	inner := strings.Trim(line, "-_=*> \t")
	dashed := strings.HasPrefix(line, "--") || strings.HasPrefix(line, "__") || strings.HasPrefix(line, "==")
	if len(inner) > 80 || !dashed && !strings.HasSuffix(line, ":") {
		return false
	}
	inner = strings.ToLower(strings.Trim(inner, ": "))
	for _, words := range originalWords {
		if inner == words {
			return true
		}
	}
	return false
}

// headerBlock returns how many lines a block of From:, Sent:, To:, Subject: at
// line i takes; at least three different fields, the sender among the first two.
func (t *thread) headerBlock(i int) int {
	seen, last := [fieldKinds]bool{}, 0
	count := 0
	for n := 0; n < 12 && i+n < len(t.lines); n++ {
		line := t.lines[i+n]
		kind, ok := fieldKind(line)
		switch {
		case !ok && (n == 0 || isBlank(line) && last+1 < n || count == 0):
			return blockLength(seen, count, last)
		case !ok && !isBlank(line) && n > last+2:
			return blockLength(seen, count, last)
		case !ok:
			continue
		}
		if !seen[kind] {
			seen[kind] = true
			count++
		}
		if last = n; count == 1 && n > 1 {
			return 0
		}
	}
	return blockLength(seen, count, last)
}

func blockLength(seen [fieldKinds]bool, count, last int) int {
	if count < 3 || !seen[fieldFrom] {
		return 0
	}
	return last + 1
}

// fieldKind reads the name of a header field in a quoted header block, bold
// or starred.
func fieldKind(line string) (kind int, ok bool) {
	line = strings.TrimLeft(line, "* \t|")
	line = line[:min(len(line), 60)]
	i := strings.IndexByte(line, ':')
	if i < 0 {
		i = strings.Index(line, "：")
	}
	if i <= 0 {
		return 0, false
	}
	kind, ok = quotedFields[strings.ToLower(strings.Trim(line[:i], "* \u00a0"))]
	return kind, ok
}
