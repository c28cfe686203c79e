package mime

import "strings"

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
	case isRule(line):
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
// line i takes; see blockLength.
func (t *thread) headerBlock(i int) int {
	seen, last := [fieldKinds]bool{}, 0
	count := 0
	for n := 0; n < 12 && i+n < len(t.lines); n++ {
		line := t.lines[i+n]
		kind, ok := fieldKind(line)
		switch {
		case !ok && (n == 0 || isBlank(line) && last+1 < n || count == 0):
			return t.blockLength(i, seen, count, last)
		case !ok && !isBlank(line) && n > last+2:
			return t.blockLength(i, seen, count, last)
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
	return t.blockLength(i, seen, count, last)
}

// blockLength takes three different fields, the sender among them, for a
// block; two where one names who and the other when.
func (t *thread) blockLength(i int, seen [fieldKinds]bool, count, last int) int {
	switch {
	case count >= 3 && seen[fieldFrom], count >= 3 && seen[fieldSent] && seen[fieldTo]:
		return last + 1
	case count == 2 && seen[fieldSent] && (seen[fieldFrom] || seen[fieldTo]):
		block := strings.Join(t.lines[i:i+last+1], " ")
		if t.bounded(i, last+1) && hasYear(block) && strings.Contains(block, "@") {
			return last + 1
		}
	}
	return 0
}

// bounded reports that n lines at line i stand between blank lines or rules.
func (t *thread) bounded(i, n int) bool {
	return (i == 0 || isBlank(t.lines[i-1]) || isRule(t.lines[i-1])) && (i+n >= len(t.lines) || isBlank(t.lines[i+n]))
}

// isRule reports a line of dashes or underscores alone.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 5 && strings.Trim(line, "_-") == ""
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
