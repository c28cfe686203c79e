package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// How a silence is told from a lull: by what came within the same hour of the
// week in the weeks before. Hours that are not busy tell nothing.
const (
	HabitWeeks  = 4                // are looked at
	leastWeeks  = 3                // must be known
	busyHour    = 6                // messages, at least
	missingMost = 12               // messages that may be missing
	leastGap    = 15 * time.Minute // a burst may be over
)

// Habit is how often the messages of a channel come.
type Habit struct {
	counts map[int64]int // of hours since 1970
	since  time.Time
	zone   *time.Location
}

// HourCount is how many messages came within an hour of UTC.
type HourCount struct {
	Hour time.Time
	N    int
}

// NewHabit makes a habit of the hours that had messages since then; the others
// had none. The zone is that of people's weeks.
func NewHabit(hours []HourCount, since time.Time, zone *time.Location) Habit {
	h := Habit{map[int64]int{}, since, zone}
	for _, c := range hours {
		h.counts[hourOf(c.Hour)] += c.N
	}
	return h
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// Usual is how many messages came within this hour of the week: the second
// lowest count of the last weeks, so that neither a campaign nor an outage
// counts. 0: too few weeks are known, or it is no busy hour.
func (h Habit) Usual(t time.Time) int {
	var counts []int
	for week := 1; week <= HabitWeeks; week++ {
		at := t.In(h.zone).AddDate(0, 0, -7*week)
		if !at.Truncate(time.Hour).Before(h.since) {
			counts = append(counts, h.counts[hourOf(at)])
		}
	}
	slices.Sort(counts)
	if len(counts) < leastWeeks || counts[1] < busyHour {
		return 0
	}
	return counts[1]
}

// Missing is how many messages usually come in a stretch, and in how many busy
// hours of it.
func (h Habit) Missing(from, until time.Time) (n, hours float64) {
	for from.Before(until) {
		next := from.Truncate(time.Hour).Add(time.Hour)
		if next.After(until) {
			next = until
		}
		if usual := h.Usual(from); usual > 0 {
			n += float64(usual) * next.Sub(from).Hours()
			hours += next.Sub(from).Hours()
		}
		from = next
	}
	return n, hours
}

// Hearing is what the silence of a channel is told by.
type Hearing struct {
	Every time.Duration  // `expect_every`; 0: by Habit
	Habit Habit          // the zero value: nothing is learnt
	Zone  *time.Location // in which people are told; nil: UTC
	Heard time.Time      // when the last message came
	From  time.Time      // since when somebody listens
}

// longestSilence bounds how far back missing messages are summed up.
const longestSilence = 7 * 24 * time.Hour

// Silence says since when nothing came although something should have, and in a
// sentence what; zero: that is not so.
func (h Hearing) Silence(now time.Time) (since time.Time, says string) {
	since = h.From
	if h.Heard.After(since) {
		since = h.Heard
	}
	gap := now.Sub(since)
	switch {
	case h.Every > 0 && gap >= h.Every:
		return since, fmt.Sprintf("nothing since %s; a message is expected every %s", Clock(since, now, h.Zone), short(h.Every))
	case h.Every > 0 || gap < leastGap || h.Habit.zone == nil:
		return time.Time{}, ""
	}
	from := since
	if gap > longestSilence {
		from = now.Add(-longestSilence)
	}
	missing, hours := h.Habit.Missing(from, now)
	if missing < missingMost {
		return time.Time{}, ""
	}
	usually := pace(hours / missing)
	if n := h.Habit.Usual(now); n > 0 {
		usually = pace(1/float64(n)) + " at this hour"
	}
	return since, fmt.Sprintf("nothing since %s; usually every %s", Clock(since, now, h.Zone), usually)
}

// Clock is a time as people of the zone say it; nil: UTC.
func Clock(t, now time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t, now = t.In(zone), now.In(zone)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// short is a duration without the zeros at its end.
func short(d time.Duration) string {
	s := d.String()
	for _, zeros := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zeros) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// pace is a number of hours in words.
func pace(hours float64) string {
	d := time.Duration(hours * float64(time.Hour))
	if d < 90*time.Second {
		return fmt.Sprintf("%d seconds", max(1, int(d.Round(time.Second).Seconds())))
	}
	return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
}
