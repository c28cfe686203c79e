package console

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
)

// words are the functions of the templates.
func words(a assets) template.FuncMap {
	return template.FuncMap{
		"channel": kindOf,
		"unknown": unknownWhy,
		"asset":   func(name string) string { return a.byName[name] },
		"n":       digits,
		"count":   count,
		"whom":    func(r ingest.Rule) string { return r.Whom() },
		"kindly":  kindly,
		"search":  search,
		"why":     why,
		"did":     did,
		"fault":   fault,
		"where":   where,
		"noun":    func(k ingest.RuleKind) string { return nouns[k] },
		"capital": capital,
		"saying":  saying,
		"whole":   func(n int64) int { return int(n) },
		"value":   func(n *int) int { return *n },
		"given":   func(t *time.Time) time.Time { return *t },
	}
}

// digits writes a whole number of any kind.
func digits(n any) string {
	switch n := n.(type) {
	case int:
		return thousands(int64(n))
	case int64:
		return thousands(n)
	}
	return fmt.Sprint(n)
}

// thousands groups digits: 12,345.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// saying is what the API says as a sentence.
func saying(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return capital(s)
	}
	return capital(s) + "."
}

// count is "1 message", "2 messages"; of persons "2 people".
func count(n int, one string) string {
	many := one + "s"
	if of, ok := strings.CutSuffix(one, "person"); ok {
		many = of + "people"
	}
	if n == 1 {
		many = one
	}
	return thousands(int64(n)) + " " + many
}

// kindly is a rule's kind as a verb done: banned, blocked.
func kindly(k ingest.RuleKind) string {
	switch k {
	case ingest.Ban:
		return "banned"
	case ingest.Block:
		return "blocked"
	case ingest.Blacklist:
		return "blacklisted"
	case ingest.Allow:
		return "allowed"
	}
	return string(k)
}

// why says what makes a held message look wrongly held.
func why(codes []string) string {
	says := map[string]string{"review_asked": "an agent asked for a second look", "answered_before": "we have answered them before",
		"sender_check_passed": "the sender's domain vouches for it"}
	var list []string
	for _, c := range codes {
		if s, ok := says[c]; ok {
			list = append(list, s)
		}
	}
	return strings.Join(list, "; ")
}

// Time is a moment as the reader has it: how long ago or ahead, and exactly.
func (v *visit) Time(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	there := t.In(v.zone())
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), there.Format("Monday, 2 January 2006, 15:04:05 MST"), v.spoken(there)))
}

// spoken is a moment in few words.
func (v *visit) spoken(t time.Time) string {
	now := v.Now().In(t.Location())
	d := now.Sub(t)
	switch {
	case d < 0:
		return t.Format("2 Jan 2006, 15:04")
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case sameDay(t, now):
		return "today, " + t.Format("15:04")
	case sameDay(t, now.AddDate(0, 0, -1)):
		return "yesterday, " + t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04")
	}
	return t.Format("2 Jan 2006")
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// zone is the reader's: their own setting, what their browser says, or ours.
func (v *visit) zone() *time.Location {
	if v.there == nil {
		v.there = v.findZone()
	}
	return v.there
}

func (v *visit) findZone() *time.Location {
	if v.Me.User != nil && v.Me.User.TimeZone != "" {
		if l, err := time.LoadLocation(v.Me.User.TimeZone); err == nil {
			return l
		}
	}
	if c, err := v.r.Cookie("zone"); err == nil && len(c.Value) < 64 {
		name, bad := url.PathUnescape(c.Value)
		if l, err := time.LoadLocation(name); bad == nil && err == nil && name != "Local" {
			return l
		}
	}
	return v.Location
}

// where is a part of a rule's scope: a channel, or all of a kind.
func where(scope string) string {
	if kind, ok := strings.CutPrefix(scope, "kind:"); ok {
		return "every " + lower(kindOf(kind))
	}
	return scope
}
