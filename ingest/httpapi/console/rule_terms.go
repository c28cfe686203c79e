package console

import "time"

// Terms are what a rule says besides its kind and whom it is for, as the form
// has them.
type Terms struct {
	Reason, Comment, ExpiresIn, OnExpiry, Open, Where string
	Until                                             string // the last day, if ExpiresIn is onADay
	SpareKnown, AlsoIP, Force                         bool
}

// everywhere is where a rule holds that names no channel.
const everywhere = "everywhere"

// onADay is the end of a rule that lasts until the end of a day of choice.
const onADay = "date"

// terms reads them. Chats end by default after a day, and hold in chats alone.
func (v *visit) terms(chat bool) Terms {
	yes := func(name string) bool { return v.r.FormValue(name) == "true" }
	t := Terms{v.r.FormValue("reason"), v.r.FormValue("comment"), v.r.FormValue("expires_in"), v.r.FormValue("on_expiry"), v.r.FormValue("open"),
		v.r.FormValue("where"), v.r.FormValue("until"), yes("spare_known"), yes("also_ip"), yes("force")}
	if t.ExpiresIn == "" {
		t.ExpiresIn = "never"
		if chat {
			t.ExpiresIn = "24h"
		}
	}
	if t.Where == "" {
		t.Where = everywhere
		if chat {
			t.Where = "kind:chat"
		}
	}
	return t
}

// end adds when a rule ends to what the API takes: a day ends where the reader is.
// What is no day is said as it is, for the API to refuse.
func (t Terms) end(b map[string]any, zone *time.Location) {
	if t.ExpiresIn != onADay {
		b["expires_in"] = t.ExpiresIn
		return
	}
	b["expires_at"] = t.Until
	if end, ok := dayEnd(t.Until, zone); ok {
		b["expires_at"] = end
	}
}

// dayEnd is the midnight that ends a day of a form; false if it is none, and is left to
// the API to refuse.
func dayEnd(day string, zone *time.Location) (time.Time, bool) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	return at.AddDate(0, 0, 1), err == nil
}

// body is what the API takes. Left out is what only has a meaning where it is
// said.
func (t Terms) body(chat bool, zone *time.Location) map[string]any {
	b := map[string]any{"reason": t.Reason, "comment": t.Comment}
	t.end(b, zone)
	if t.Where != everywhere {
		b["scope"] = []string{t.Where}
	} else if chat {
		b["scope"] = []string{}
	}
	for name, value := range map[string]string{"on_expiry": t.OnExpiry, "open": t.Open} {
		if value != "" {
			b[name] = value
		}
	}
	for name, yes := range map[string]bool{"spare_known": t.SpareKnown, "also_ip": t.AlsoIP, "force": t.Force} {
		if yes {
			b[name] = true
		}
	}
	return b
}

// effect is a kind of rule, as what it does to what somebody writes.
type effect struct {
	Value, Name, Then string
	Verb              string
	May               bool // the reader may set it
}

// Kinds are what may happen to what somebody writes.
func (f frame) Kinds() []effect {
	may := f.Me.May
	return []effect{
		{"block", "Hold it", "It is set aside in the blocked list, and a supervisor decides. They are not told.", "Block", may.Block},
		{"ban", "Refuse it", "Nothing they write is kept, and it cannot be brought back. Nor may they be written to.", "Ban", may.Ban},
		{"blacklist", "File it silently", "It stands in their history and under Blacklist; no conversation opens and nobody is asked to look.", "Blacklist", may.Blacklist},
		{"allow", "Let it through", "It becomes a conversation, whatever is set on their domain or network.", "Allow", f.Supervisor()},
	}
}

// Effect is the kind that was chosen.
func (f frame) Effect(kind string) effect {
	for _, e := range f.Kinds() {
		if e.Value == kind {
			return e
		}
	}
	return effect{Value: kind, Verb: "Set"}
}

// Ends are when a rule may end, as a sentence.
func (f frame) Ends() []way {
	now := f.Now().In(f.zone())
	var list []way
	for _, e := range []struct {
		value, name string
		at          time.Time
	}{{"1h", "an hour", now.Add(time.Hour)}, {"24h", "a day", now.Add(24 * time.Hour)}, {"168h", "a week", now.Add(168 * time.Hour)},
		{"720h", "30 days", now.Add(720 * time.Hour)}, {"8760h", "a year", now.Add(8760 * time.Hour)}} {
		list = append(list, way{e.value, "for " + e.name + ", until " + until(e.at, now)})
	}
	return append(list, way{"never", "for ever, until somebody lifts it"}, way{onADay, "until a day that I choose"})
}

// DayEnd is a last day as a sentence; "": it is none.
func (f frame) DayEnd(day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, f.zone())
	if err != nil {
		return ""
	}
	return "It ends with " + at.Format("Monday, 2 January 2006") + ", at midnight where you are (" + f.zone().String() + ")."
}

// Tomorrow is the first day that a rule may end with, if not today, as a form has
// it.
func (f frame) Tomorrow() string { return f.Now().In(f.zone()).AddDate(0, 0, 1).Format(time.DateOnly) }

// until is a moment to come as it is spoken: Sunday, 29 November, 11:00.
func until(at, now time.Time) string {
	if at.Year() != now.Year() {
		return at.Format("Monday, 2 January 2006, 15:04")
	}
	return at.Format("Monday, 2 January, 15:04")
}

// Until is a moment to come as the reader has it.
func (v *visit) Until(at time.Time) string { return until(at.In(v.zone()), v.Now().In(v.zone())) }
