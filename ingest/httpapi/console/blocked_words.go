package console

import (
	"html/template"
	"maps"
	"net/url"
	"strings"
	"unicode/utf8"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// bySystem says why the system holds something.
var bySystem = map[ingest.Reason]string{
	ingest.ReasonFlood: "too much at once", ingest.ReasonLoop: "two programs answering each other", ingest.ReasonAutoReply: "an automatic reply",
	ingest.ReasonBounce: "a mail that came back", ingest.ReasonFeedback: "a report by a mail provider", ingest.ReasonList: "a mailing list",
	ingest.ReasonUnverified: "it is not proven who sent it", ingest.ReasonClosedMode: "only people we know may write",
	ingest.ReasonSpam: "the mail server took it for spam", ingest.ReasonSize: "too large",
}

// bySystemSays is a system hold's reason in words.
func bySystemSays(reason string) string {
	if says, ok := bySystem[ingest.Reason(reason)]; ok {
		return says
	}
	return strings.ReplaceAll(reason, "_", " ")
}

// nouns are rules by their kind.
var nouns = map[ingest.RuleKind]string{ingest.Ban: "ban", ingest.Block: "block", ingest.Blacklist: "blacklist entry", ingest.Allow: "permission"}

// HeldBy says what holds something.
func (f frame) HeldBy(rule *ingest.Rule, reason string) string {
	if rule == nil {
		return "held by the system: " + bySystemSays(reason)
	}
	return "held by the " + nouns[rule.Kind] + " on " + rule.Whom()
}

// BySystem says why the system holds something.
func (f frame) BySystem(reason string) string { return bySystemSays(reason) }

// groupName is what a group's name is made of.
type groupName struct {
	By string
	Of ingest.Group
}

// Called is what a group's name is made of.
func (b blockedView) Called(g ingest.Group) groupName { return groupName{b.By, g} }

// Name is what the chosen tickets have in common; "" if they are not one group.
func (b blockedView) Name() string {
	switch domain, reason := b.Choice.Get("domain"), b.Choice.Get("reason"); {
	case b.Rule != nil:
		return capital(frame{}.HeldBy(b.Rule, ""))
	case b.Whose != nil:
		return "From " + called(*b.Whose)
	case domain == ingest.NoDomain:
		return "From senders without a domain"
	case domain != "":
		return "From " + domain
	case reason != "" && b.Choice.Get("kind") == "system":
		return capital(frame{}.HeldBy(nil, reason))
	case reason != "":
		return "Held for " + bySystemSays(reason)
	case b.Choice.Get("channel") != "":
		return "On " + b.Choice.Get("channel")
	}
	return ""
}

func called(c ingest.Contact) string {
	for _, name := range []string{c.Nickname, c.Name} {
		if name != "" {
			return name
		}
	}
	if len(c.Identities) > 0 {
		return c.Identities[0].Value
	}
	return "somebody unknown"
}

func capital(s string) string { return onFirst(strings.ToUpper, s) }

func lower(s string) string { return onFirst(strings.ToLower, s) }

// onFirst changes the first letter.
func onFirst(change func(string) string, s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return change(s[:n]) + s[n:]
}

// Tab is which of the lists is shown.
func (b blockedView) Tab() string {
	switch {
	case b.Choice.Get("kind") == string(ingest.Blacklist):
		return "blacklist"
	case b.Choice.Get("expired") == "true":
		return "expired"
	}
	return "held"
}

// tab is a list of its own, and what it is.
type tab struct{ Key, Page, Name, Says string }

// Tabs are the lists there are.
func (b blockedView) Tabs() []tab {
	return []tab{
		{"held", "/blocked", "Held", "What a block or the system holds waits here until somebody releases or deletes it. What looks wrongly held comes first."},
		{"expired", "/blocked?expired=true", "Rule expired", "The rules that held these have run out. Nobody decided yet what becomes of what they held until then, so it is still here."},
		{"blacklist", "/blocked?kind=blacklist", "Blacklist", "What blacklisted people write is filed here in silence: nobody is asked to look. You can release or delete it all the same."},
	}
}

// Export is the list as a file of CSV.
func (b blockedView) Export() template.URL {
	return template.URL(httpapi.Prefix + "/blocked/export?" + b.Choice.Encode())
}

// Whole is what chooses everything of the tab.
func (b blockedView) Whole() url.Values {
	q := url.Values{}
	for _, name := range []string{"kind", "expired"} {
		if value := b.Choice.Get(name); value != "" && b.Tab() != "held" {
			q.Set(name, value)
		}
	}
	return q
}

// Narrowed reports whether the reader chose something within the tab.
func (b blockedView) Narrowed() bool { return !maps.EqualFunc(b.Choice, b.Whole(), equal) }

func equal(a, b []string) bool { return a[0] == b[0] }

// Sorts are the orders of the list ticket by ticket.
func (f frame) Sorts() []way {
	return []way{{"", "likely wrong first"}, {string(ingest.SortNewest), "newest first"}, {string(ingest.SortOldest), "oldest first"}}
}

// narrow is a way to see only some of the tickets.
type narrow struct {
	Name string
	Page template.URL
	On   bool
}

// Narrows are the ways to see only some, those that are on lead out again.
func (f frame) Narrows(b blockedView) []narrow {
	list := []narrow{f.narrow("Not opened yet", "opened", "false"), f.narrow("Likely wrong", "likely_wrong", "true"), f.narrow("A colleague asks", "review", "true")}
	if !b.Since.IsZero() {
		list = append(list, f.narrow("Since your last visit", "from", b.Since.UTC().Format("2006-01-02T15:04:05Z")))
	}
	return list
}

func (f frame) narrow(name, by, value string) narrow {
	if f.Asked(by) != "" {
		return narrow{name, f.Query(by, "", "cursor", ""), true}
	}
	return narrow{name, f.Query(by, value, "cursor", ""), false}
}
