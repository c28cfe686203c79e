package mime

import "strings"

// messageIDs returns every id of a field in order, without angle brackets,
// blanks and folding (RFC 5322 §3.6.4), at most limit. Prose between ids is
// ignored; where no id has brackets, words with an "@" are taken.
func messageIDs(field string, limit int) (ids []string) {
	if strings.Contains(field, "=?") {
		field, _ = decodeHeaderText(field, "")
	}
	if strings.IndexByte(field, '<') < 0 {
		return bareIDs(field, limit)
	}
	for len(ids) < limit {
		open := strings.IndexByte(field, '<')
		if open < 0 {
			return ids
		}
		field = field[open+1:]
		end := strings.IndexAny(field, "<>")
		if end < 0 {
			end = len(field)
		}
		if id := bareID(field[:end]); id != "" {
			ids = append(ids, id)
		}
		field = field[end:]
	}
	return ids
}

// bareIDs reads ids without brackets between blanks and commas.
func bareIDs(field string, limit int) (ids []string) {
	if strings.IndexByte(field, '@') < 0 {
		return nil
	}
	for _, w := range strings.FieldsFunc(stripComments(field), func(c rune) bool { return c == ' ' || c == '\t' || c == ',' || c == ';' }) {
		if at := strings.IndexByte(w, '@'); at > 0 && at < len(w)-1 && len(ids) < limit {
			ids = append(ids, bareID(w))
		}
	}
	return ids
}

// firstID returns a field's first id; a value without angle brackets is taken
// as it is.
func firstID(field string) string {
	if strings.Contains(field, "=?") {
		field, _ = decodeHeaderText(field, "")
	}
	if strings.IndexByte(field, '<') >= 0 {
		if ids := messageIDs(field, 1); len(ids) > 0 {
			return ids[0]
		}
	}
	return bareID(strings.Trim(stripComments(field), " \t<>"))
}

func bareID(s string) string {
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.Join(strings.Fields(s), "")
	}
	return clean(strings.TrimRight(s, ">"))
}

// references lists what a mail answers: the ids of References in order, then
// those of In-Reply-To that are not among them.
func references(refs, inReplyTo []string) []string {
	out := make([]string, 0, len(refs)+len(inReplyTo))
	seen := make(map[string]bool, len(refs)+len(inReplyTo))
	for _, list := range [][]string{refs, inReplyTo} {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}
