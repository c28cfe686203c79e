package mime

import "strings"

// messageIDs returns every id of a field in order, without angle brackets,
// blanks and folding (RFC 5322 §3.6.4), at most limit. Prose between ids is ignored.
func messageIDs(field string, limit int) (ids []string) {
	for len(ids) < limit {
		open := strings.IndexByte(field, '<')
		if open < 0 {
			return ids
		}
		field = field[open+1:]
		end := strings.IndexByte(field, '>')
		if end < 0 {
			end = len(field)
		}
		id := field[:end]
		if i := strings.LastIndexByte(id, '<'); i >= 0 {
			id = id[i+1:]
		}
		if id = bareID(id); id != "" {
			ids = append(ids, id)
		}
		field = field[min(end+1, len(field)):]
	}
	return ids
}

// firstID returns a field's first id; a value without angle brackets is taken
// as it is if it is one word.
func firstID(field string) string {
	if ids := messageIDs(field, 1); len(ids) > 0 {
		return ids[0]
	}
	return bareID(stripComments(field))
}

func bareID(s string) string {
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.Join(strings.Fields(s), "")
	}
	return clean(s)
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
