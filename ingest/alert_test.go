package ingest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// alertRun looks each minute at what stands by then, and notes what was told.
type alertRun struct {
	standing []Alert
	told     []string
}

func (r *alertRun) look(minute int, remind time.Duration, seen ...Condition) {
	now := time.Unix(0, 0).Add(time.Duration(minute) * time.Minute)
	for _, s := range StepAlerts(r.standing, seen, remind, now) {
		r.standing = slices.DeleteFunc(r.standing, func(a Alert) bool { return a.ID == s.Alert.ID })
		if !s.Drop && s.Alert.ClearedAt == nil {
			r.standing = append(r.standing, s.Alert)
		}
		if s.Tells != "" {
			r.told = append(r.told, fmt.Sprint(minute, " ", s.Tells))
		}
	}
}

// A line is a run of minutes: x is one in which the condition stands. A failing
// channel is raised after 2 minutes and cleared after 5.
func TestStepAlerts(t *testing.T) {
	for name, c := range map[string]struct {
		minutes string
		remind  time.Duration
		muted   int // the minute before which nobody is reminded
		want    string
	}{
		"short":             {"xx......", 0, 0, ""},
		"long":              {"xxxx........", 0, 0, "2 raised, 9 cleared"},
		"comes and goes":    {"xxx...xx..x.......", 0, 0, "2 raised, 16 cleared"},
		"only ever short":   {"xx..xx..xx..xx..", 0, 0, ""},
		"again":             {"xxx......xxx", 0, 0, "2 raised, 8 cleared, 11 raised"},
		"reminded":          {"xxxxxxxxxxxxx", 4 * time.Minute, 0, "2 raised, 6 reminded, 10 reminded"},
		"not while it ends": {"xxxxx........", 4 * time.Minute, 0, "2 raised, 10 cleared"},
		"muted":             {"xxxxxxxxxxxxx......", 4 * time.Minute, 9, "2 raised, 9 reminded, 18 cleared"},
	} {
		var r alertRun
		for minute, x := range c.minutes {
			var seen []Condition
			if x == 'x' {
				seen = []Condition{{Kind: AlertFailing, Subject: "channel:mail", N: 1}}
			}
			if c.muted > 0 && len(r.standing) > 0 {
				r.standing[0].MutedUntil = new(time.Unix(0, 0).Add(time.Duration(c.muted) * time.Minute))
			}
			r.look(minute, c.remind, seen...)
		}
		if got := strings.Join(r.told, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What is known to have begun long ago is raised at once; one of a kind and
// subject stands, and others beside it.
func TestAlertsBySubject(t *testing.T) {
	var r alertRun
	long := func(subject string) Condition {
		return Condition{Kind: AlertFailing, Subject: subject, Since: time.Unix(-3600, 0)}
	}
	r.look(0, 0, long("channel:a"), long("channel:a"), long("channel:b"))
	r.look(1, 0, long("channel:a"), long("channel:b"))
	if got := strings.Join(r.told, ", "); got != "0 raised, 0 raised" {
		t.Error(got)
	}
}

// Nothing is written down of an alert that stays as it is.
func TestAlertsThatStay(t *testing.T) {
	now := time.Unix(0, 0)
	c := Condition{Kind: AlertSilent, Subject: "channel:a", N: 1}
	a := StepAlerts(nil, []Condition{c}, 0, now)[0].Alert
	if steps := StepAlerts([]Alert{a}, []Condition{c}, time.Hour, now.Add(time.Minute)); len(steps) != 0 {
		t.Errorf("%+v", steps)
	}
	c.N = 2
	if steps := StepAlerts([]Alert{a}, []Condition{c}, time.Hour, now.Add(time.Minute)); len(steps) != 1 || steps[0].Tells != "" {
		t.Errorf("another count: %+v", steps)
	}
}

// Every kind says what is wrong, what to do and when it is over, and is on the page.
func TestAlertsHaveWords(t *testing.T) {
	page, err := os.ReadFile("../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range AlertKinds {
		a := Alert{Kind: k, Subject: "channel:mail", N: 7}
		a.Word()
		says, do := a.Says, a.Do
		a.ClearedAt = &time.Time{}
		a.Word()
		if says == "" || do == "" || a.Says == "" || a.Says == says || strings.ContainsAny(says+do+a.Says, "{}#<>&") {
			t.Errorf("%s: %q, %q, %q", k, says, do, a.Says)
		}
		if !strings.Contains(string(page), "`"+string(k)+"`") {
			t.Errorf("docs/alerts.md does not name %s", k)
		}
	}
	if len(AlertKinds) != len(aboutAlerts) {
		t.Errorf("%d kinds, %d have words", len(AlertKinds), len(aboutAlerts))
	}
}
