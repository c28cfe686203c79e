package mime

import (
	"strings"

	"gatehouse/ingest"
)

// nameless stands for the server of results that name none. RFC 8601 §2.2 wants
// a name, and Exchange Online writes none.
const nameless = "-"

// maxResults bounds the results that are read of a mail.
const maxResults = 50

// result is one method's result (RFC 8601 §2.2).
type result struct {
	method, value string
	props         map[string]string // header.d, smtp.mailfrom, …
}

// results judges what the believed server found, and reports whether it looked
// at signatures at all.
func (s *Senders) results(root *entity, domain string) (found finding, signatures bool) {
	if s.AuthServID == "" {
		return finding{check: ingest.CheckNone}, false
	}
	list := believed(root, s.AuthServID)
	if list == nil {
		return finding{ingest.CheckNone, "no results by " + s.AuthServID}, false
	}
	found = judge(list, domain)
	found.says = s.AuthServID + ": " + found.says
	for _, r := range list {
		signatures = signatures || (r.method == "dkim" || r.method == "dmarc") && r.value != "none"
	}
	return found, signatures
}

// believed lists the results of the server's topmost Authentication-Results:
// the first that bears its name, and those of its name that follow with no
// Received in between, since servers often write one a method. What stands
// further down was there before the server got the mail, and may be the
// sender's own (RFC 8601 §5).
func believed(root *entity, server string) (list []result) {
	met := false
	for fields := root.head.Fields(); fields.Next(); {
		switch strings.ToLower(fields.Key()) {
		case "received":
			if met {
				return list
			}
		case "authentication-results":
			id, results := readResults(fields.Value())
			if strings.EqualFold(id, server) {
				met = true
				list = append(list, results...)
			}
		}
	}
	if met && list == nil {
		list = []result{}
	}
	return list
}

// judge weighs results by DMARC's measure (RFC 7489 §3.1, §6.6.2): a pass must
// be for the organisational domain of From, and a failure is one only where the
// domain's own policy makes it one. A signature that is broken alone says no
// more than one that is not there (RFC 6376 §6.3).
func judge(list []result, domain string) finding {
	best := finding{ingest.CheckNone, "nothing vouches for " + domain}
	agreed := true // all of DMARC's results: two that differ may be one too many
	for _, r := range list {
		agreed = agreed && (r.method != "dmarc" || r.value == "pass")
	}
	for _, r := range list {
		of := r.domain()
		switch {
		case r.method == "dmarc" && r.value == "fail":
			return finding{ingest.CheckFailed, "dmarc=fail"}
		case r.method == "dmarc" && !agreed && r.value == "pass", best.check == ingest.CheckPassed:
		case r.value == "pass" && (aligned(of, domain) || r.method == "dmarc" && of == ""):
			best = finding{ingest.CheckPassed, strings.TrimSpace(r.method + "=pass " + of)}
		case r.value == "temperror" && best.check == ingest.CheckNone && r.method != "spf":
			best = finding{ingest.CheckUnknown, r.method + "=temperror"}
		}
	}
	return best
}

// domain is the domain for which the result is; "" if it names none that counts.
func (r result) domain() string {
	switch r.method {
	case "dmarc":
		return asciiDomain(r.props["header.from"])
	case "dkim":
		if d := r.props["header.d"]; d != "" {
			return asciiDomain(d)
		}
		return asciiDomain(r.props["header.i"])
	case "spf":
		if from := r.props["smtp.mailfrom"]; from != "" {
			return asciiDomain(from)
		}
		return asciiDomain(r.props["smtp.mail"])
	}
	return ""
}

// ResultsBy is the name of the server that an Authentication-Results field is
// said to be of; "-" where it names none, "" where it cannot be read.
func ResultsBy(value string) string {
	server, _ := readResults(value)
	return server
}

// readResults reads the value of one field: the server's name, and the results.
// Comments and quoted strings are read as such: both may quote the sender.
func readResults(value string) (server string, list []result) {
	clauses, sound := clausesOf(value)
	switch first := clauses[0]; {
	case len(first) == 0 || first[0] == nameless:
		return "", nil
	case strings.Contains(first[0], "="):
		server = nameless
	case len(first) > 1 && first[1] != "1":
		return "", nil // a version of the format that nobody knows yet
	default:
		server, clauses = first[0], clauses[1:]
	}
	if !sound {
		return server, nil
	}
	for _, words := range clauses {
		if len(words) == 0 {
			continue
		}
		r := result{props: map[string]string{}}
		for i, word := range words {
			name, value, _ := strings.Cut(word, "=")
			name = strings.ToLower(name)
			if i == 0 {
				r.method, _, _ = strings.Cut(name, "/") // a method's version
				r.value = strings.ToLower(value)
			} else if _, twice := r.props[name]; !twice {
				r.props[name] = value
			}
		}
		if r.value != "" && len(list) < maxResults {
			list = append(list, r)
		}
	}
	return server, list
}

// clausesOf divides a value at semicolons, and each clause into words; there is
// at least one clause. Blanks around "=" are dropped. A value is not sound if
// half of a quotation stands in a comment: servers quote addresses there, and
// one that holds a parenthesis would end the comment.
func clausesOf(value string) (clauses [][]string, sound bool) {
	clauses, sound = [][]string{nil}, true
	var word strings.Builder
	blank := true // a blank or the beginning came before
	end := func() {
		if word.Len() > 0 {
			last := len(clauses) - 1
			clauses[last] = append(clauses[last], word.String())
			word.Reset()
		}
	}
	for value != "" {
		switch c := value[0]; c {
		case '(':
			var comment string
			comment, value = cutComment(value)
			blank, sound = true, sound && strings.Count(comment, `"`)%2 == 0
		case '"':
			if blank && !strings.HasSuffix(word.String(), "=") {
				end()
			}
			var text string
			text, value = cutQuoted(value)
			word.WriteString(text)
			blank = false
		case ';':
			end()
			clauses, value, blank = append(clauses, nil), value[1:], true
		case ' ', '\t', '\r', '\n':
			blank, value = true, value[1:]
		default:
			if blank && c != '=' && !strings.HasSuffix(word.String(), "=") {
				end()
			}
			word.WriteByte(c)
			blank, value = false, value[1:]
		}
	}
	end()
	return clauses, sound
}
