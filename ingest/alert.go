package ingest

import "time"

// Alert is something that is wrong and that somebody has to mend, or was. Of a
// kind and subject one stands at most.
type Alert struct {
	ID      ID        `json:"id"`
	Kind    AlertKind `json:"kind"`
	Subject string    `json:"subject"` // as channel:mail, endpoint:ID, job:ID, host:NAME; empty: the whole
	N       int64     `json:"count"`   // of what it counts; 10000 is as many or more
	Since   time.Time `json:"since"`   // when what it tells of began
	Says    string    `json:"says"`
	Do      string    `json:"do"` // what mends it

	RaisedAt  *time.Time `json:"raised_at"`
	ClearedAt *time.Time `json:"cleared_at"`
	// MutedUntil is before when nobody is reminded.
	MutedUntil *time.Time `json:"muted_until"`

	ToldAt    *time.Time `json:"-"` // raised or reminded of
	GoneSince *time.Time `json:"-"` // nothing was seen of it since
}

// Condition is one thing that is wrong at the moment.
type Condition struct {
	Kind    AlertKind
	Subject string
	N       int64
	Since   time.Time // zero: since it is first seen
}

// AlertStep is what becomes of an alert when somebody looks.
type AlertStep struct {
	Alert Alert
	Tells string // raised, reminded, cleared, or "": nothing
	Drop  bool   // it ended before it was told of
}

type alertKey struct {
	kind    AlertKind
	subject string
}

// StepAlerts compares the alerts that stand with what is seen, and says what
// becomes of those that change. remind is the time between reminders; 0: none.
func StepAlerts(standing []Alert, seen []Condition, remind time.Duration, now time.Time) (steps []AlertStep) {
	by := map[alertKey]Condition{}
	for _, c := range seen {
		by[alertKey{c.Kind, c.Subject}] = c
	}
	for _, a := range standing {
		k := alertKey{a.Kind, a.Subject}
		c, still := by[k]
		delete(by, k)
		step := a.unseen(now)
		if still {
			step = a.seen(c, remind, now)
		}
		if step.changes(a) {
			steps = append(steps, step)
		}
	}
	for _, c := range seen {
		if _, fresh := by[alertKey{c.Kind, c.Subject}]; fresh {
			a := Alert{ID: NewID(now), Kind: c.Kind, Subject: c.Subject, Since: now}
			if !c.Since.IsZero() {
				a.Since = c.Since
			}
			steps = append(steps, a.seen(c, remind, now))
			delete(by, alertKey{c.Kind, c.Subject})
		}
	}
	return steps
}

// changes is whether there is anything to write down.
func (s AlertStep) changes(was Alert) bool {
	return s.Tells != "" || s.Drop || s.Alert.N != was.N || (s.Alert.GoneSince == nil) != (was.GoneSince == nil)
}

// seen is an alert whose condition stands: it is raised once it has for long
// enough, then reminded of.
func (a Alert) seen(c Condition, remind time.Duration, now time.Time) AlertStep {
	a.N, a.GoneSince = c.N, nil
	switch {
	case a.RaisedAt == nil && now.Sub(a.Since) >= a.Kind.about().before:
		a.RaisedAt, a.ToldAt = &now, &now
		return AlertStep{Alert: a, Tells: "raised"}
	case a.RaisedAt == nil || remind == 0 || now.Sub(*a.ToldAt) < remind || a.MutedUntil != nil && now.Before(*a.MutedUntil):
		return AlertStep{Alert: a}
	}
	a.ToldAt = &now
	return AlertStep{Alert: a, Tells: "reminded"}
}

// unseen is an alert whose condition is gone: it is cleared once that has
// lasted, and forgotten if nobody was told of it.
func (a Alert) unseen(now time.Time) AlertStep {
	if a.RaisedAt == nil {
		return AlertStep{Alert: a, Drop: true}
	}
	if a.GoneSince == nil {
		a.GoneSince = &now
	}
	if now.Sub(*a.GoneSince) < a.Kind.about().after {
		return AlertStep{Alert: a}
	}
	a.ClearedAt = &now
	return AlertStep{Alert: a, Tells: "cleared"}
}
