package slack

import (
	"strings"
)

// entities are all that Slack escapes: what it puts between < and > is its own.
var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// plain is what people read of a text in Slack's markup: names for references,
// addresses for links. Stars and underlines stay as they were typed.
func plain(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		inner, after, closed := strings.Cut(rest, ">")
		out.WriteString(entities.Replace(before))
		switch {
		case !found:
			return out.String()
		case !closed || strings.Contains(inner, "<") || strings.Contains(inner, "\n"): // nothing of Slack's
			out.WriteByte('<')
			text = rest
		default:
			out.WriteString(entities.Replace(reference(inner)))
			text = after
		}
	}
}

// reference is what stands for something between < and >: somebody, a
// conversation, everybody, a moment, an address; a label may follow.
func reference(inner string) string {
	what, label, labelled := strings.Cut(inner, "|")
	if what == "" {
		return "<" + inner + ">"
	}
	switch what[0] {
	case '@':
		return marked("@", what[1:], label)
	case '#':
		return marked("#", what[1:], label)
	case '!':
		return special(what[1:], label)
	}
	if !labelled || label == "" || same(what, label) {
		return bare(what, label)
	}
	return label + " (" + bare(what, "") + ")"
}

// marked is a reference by its label, else by its id.
func marked(mark, id, label string) string {
	if label != "" {
		id = label
	}
	return mark + strings.TrimPrefix(id, mark)
}

// special is a group or everybody that is called, or a moment, whose label is
// for those who cannot show it.
func special(what, label string) string {
	kind, id, _ := strings.Cut(what, "^")
	switch {
	case kind == "date" && label != "":
		return label
	case kind == "subteam":
		return marked("@", id, label)
	}
	return marked("@", kind, "")
}

// same reports whether a label only repeats what is linked to, as for addresses
// that were typed.
func same(address, label string) bool {
	naked := func(s string) string {
		_, s, found := strings.Cut(strings.TrimSuffix(s, "/"), ":")
		if !found {
			return ""
		}
		return strings.TrimPrefix(s, "//")
	}
	label = strings.TrimSuffix(label, "/")
	return label == naked(address) || label == strings.TrimSuffix(address, "/")
}

// bare is an address for people: of a mail or a number without its scheme.
func bare(address, label string) string {
	if label != "" {
		return label
	}
	return strings.TrimPrefix(strings.TrimPrefix(address, "mailto:"), "tel:")
}
