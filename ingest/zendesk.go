package ingest

import (
	"iter"
	"strings"
	"unicode"
)

// ListWord is a word of a list that another help desk keeps, and what it comes
// to here.
type ListWord struct {
	Line    int    // from 1
	Text    string // as it stands there
	Kind    RuleKind
	Target  string // as ParseTarget reads it; "" where the word comes to nothing
	Says    string // how it was read
	Skipped string // why nothing becomes of it
}

// ZendeskWords reads an allow list or a block list of Zendesk as it stands in
// its settings: words between spaces or lines, each an address or a domain, on the
// block list also * for everybody, and suspend: or reject: before any of these. A
// heading such as "blocklist:" changes over to that list.
func ZendeskWords(list string, allows bool) iter.Seq[ListWord] {
	return func(yield func(ListWord) bool) {
		n, allows := 0, allows
		for line := range strings.Lines(list) {
			n++
			for text := range strings.FieldsFuncSeq(line, betweenWords) {
				switch strings.ToLower(text) {
				case "allowlist:", "whitelist:":
					allows = true
				case "blocklist:", "blacklist:":
					allows = false
				default:
					if !yield(zendeskWord(n, text, allows)) {
						return
					}
				}
			}
		}
	}
}

func betweenWords(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }

func zendeskWord(line int, text string, allows bool) ListWord {
	w := ListWord{Line: line, Text: text, Kind: Block, Says: "what they write is suspended: held here"}
	if allows {
		w.Kind, w.Says = Allow, "is let through"
	}
	rest := text
	if keyword, after, found := strings.Cut(text, ":"); found {
		switch strings.ToLower(keyword) {
		case "suspend":
			rest = after
		case "reject":
			rest, w.Kind, w.Says = after, Ban, "is rejected without a record: banned here"
		default:
			return w.skip("is no keyword of these lists: suspend: and reject: are")
		}
		if allows {
			return w.skip("suspend: and reject: belong on the block list")
		}
	}
	return w.named(rest, allows)
}

func (w ListWord) skip(why string) ListWord {
	w.Kind, w.Says, w.Skipped = "", "", why
	return w
}

// named reads whom a word names.
func (w ListWord) named(name string, allows bool) ListWord {
	local, domain, isAddress := strings.Cut(name, "@")
	switch {
	case name == "":
		return w.skip("names nobody: write the keyword and the address without a space")
	case name == "*" && allows:
		return w.skip("everybody is let through anyhow, but for whom a rule names")
	case name == "*":
		w.Target, w.Says = Everyone, w.Says+"; this is everybody whom nothing allows"
	case isAddress && local != "" && local != "*":
		if strings.Contains(name, "*") {
			return w.skip("a * within an address means nobody here: name the address or its domain")
		}
		w.Target = "email:" + name
	default:
		if isAddress {
			name = domain
		}
		name = strings.TrimPrefix(name, "*.")
		if strings.Contains(name, "*") {
			return w.skip("a * within a domain means nobody here: name the domain, those below it are meant, too")
		}
		w.Target, w.Says = "domain:"+name, w.Says+"; the domains below it, too"
	}
	return w
}
