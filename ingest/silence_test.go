package ingest

import (
	"testing"
	"time"
)

// monday is 09:00 in Berlin, in winter.
var monday = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// weeks has n messages in each hour of the office day, of so many weeks before.
func weeks(n ...int) (hours []HourCount) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	for week, n := range n {
		for hour := range 8 {
			hours = append(hours, HourCount{monday.In(zone).AddDate(0, 0, -7*(week+1)).Add(time.Duration(hour) * time.Hour), n})
		}
	}
	return hours
}

func TestUsual(t *testing.T) {
	long := monday.AddDate(0, 0, -60)
	for name, tt := range map[string]struct {
		hours []HourCount
		since time.Time
		at    time.Time
		want  int
	}{
		"busy each week":                {weeks(15, 15, 15, 15), long, monday, 15},
		"within the hour":               {weeks(15, 15, 15, 15), long, monday.Add(59 * time.Minute), 15},
		"the hour before":               {weeks(15, 15, 15, 15), long, monday.Add(-time.Minute), 0},
		"one outage":                    {weeks(15, 0, 15, 15), long, monday, 15},
		"two outages":                   {weeks(15, 0, 0, 15), long, monday, 0},
		"one campaign":                  {weeks(15, 900, 15, 16), long, monday, 15},
		"too thin":                      {weeks(5, 5, 5, 5), long, monday, 0},
		"three weeks old":               {weeks(15, 12, 15), monday.AddDate(0, 0, -22), monday, 15},
		"two weeks old":                 {weeks(15, 15), monday.AddDate(0, 0, -15), monday, 0},
		"new":                           {nil, monday.AddDate(0, 0, -1), monday, 0},
		"first weeks before the counts": {weeks(15, 15, 0, 0), monday.AddDate(0, 0, -15), monday, 0},
	} {
		if got := NewHabit(tt.hours, tt.since, berlin(t)).Usual(tt.at); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// The clocks went back on 25 October: an hour of the week is that of people.
func TestUsualWhenTheClocksChange(t *testing.T) {
	zone := berlin(t)
	at := time.Date(2026, 10, 26, 9, 30, 0, 0, zone)
	var hours []HourCount
	for week := 1; week <= HabitWeeks; week++ {
		hours = append(hours, HourCount{time.Date(2026, 10, 26-7*week, 9, 0, 0, 0, zone), 20})
	}
	h := NewHabit(hours, at.AddDate(-1, 0, 0), zone)
	if got, before := h.Usual(at), h.Usual(at.Add(-time.Hour)); got != 20 || before != 0 {
		t.Errorf("%d, the hour before %d", got, before)
	}
}

func TestSilence(t *testing.T) {
	long := monday.AddDate(0, 0, -60)
	busy := NewHabit(weeks(15, 15, 15, 15), long, berlin(t))
	night := monday.Add(-9 * time.Hour)
	for name, tt := range map[string]struct {
		h    Hearing
		now  time.Time
		says string
	}{
		"expected":                      {Hearing{Every: 30 * time.Minute, Habit: busy, Heard: monday.Add(12 * time.Minute), From: long}, monday.Add(42 * time.Minute), "nothing since 09:12; a message is expected every 30m"},
		"expected, and it came":         {Hearing{Every: 30 * time.Minute, Habit: busy, Heard: monday.Add(13 * time.Minute), From: long}, monday.Add(42 * time.Minute), ""},
		"what is said counts":           {Hearing{Every: 26 * time.Hour, Habit: busy, Heard: monday, From: long}, monday.Add(8 * time.Hour), ""},
		"said, never heard":             {Hearing{Every: time.Hour, Habit: busy, From: monday}, monday.Add(time.Hour), "nothing since 09:00; a message is expected every 1h"},
		"since yesterday":               {Hearing{Every: time.Hour, Habit: busy, Heard: monday.AddDate(0, 0, -1), From: long}, monday, "nothing since 2026-11-15 09:00; a message is expected every 1h"},
		"learnt":                        {Hearing{Habit: busy, Heard: monday.Add(12 * time.Minute), From: long}, monday.Add(60 * time.Minute), "nothing since 09:12; usually every 4 minutes at this hour"},
		"a lull":                        {Hearing{Habit: busy, Heard: monday.Add(13 * time.Minute), From: long}, monday.Add(60 * time.Minute), ""},
		"the night does not count":      {Hearing{Habit: busy, Heard: night, From: long}, monday.Add(47 * time.Minute), ""},
		"the night before":              {Hearing{Habit: busy, Heard: night, From: long}, monday.Add(48 * time.Minute), "nothing since 00:00; usually every 4 minutes at this hour"},
		"it stays so in the night":      {Hearing{Habit: busy, Heard: monday, From: long}, monday.Add(13 * time.Hour), "nothing since 09:00; usually every 4 minutes"},
		"nobody listened before":        {Hearing{Habit: busy, Heard: night, From: monday.Add(40 * time.Minute)}, monday.Add(80 * time.Minute), ""},
		"thin":                          {Hearing{Habit: NewHabit(weeks(5, 5, 5, 5), long, berlin(t)), Heard: monday.Add(-48 * time.Hour), From: long}, monday.Add(7 * time.Hour), ""},
		"new":                           {Hearing{Habit: NewHabit(nil, monday.AddDate(0, 0, -1), berlin(t)), From: monday.AddDate(0, 0, -1)}, monday, ""},
		"a burst is over":               {Hearing{Habit: NewHabit(weeks(900, 900, 900, 900), long, berlin(t)), Heard: monday, From: long}, monday.Add(14 * time.Minute), ""},
		"a poller has no habit":         {Hearing{Heard: night, From: long}, monday.Add(8 * time.Hour), ""},
		"a poller of which it was said": {Hearing{Every: 90 * time.Minute, Heard: night, From: long}, monday, "nothing since 00:00; a message is expected every 1h30m"},
		"very busy":                     {Hearing{Habit: NewHabit(weeks(180, 180, 180, 180), long, berlin(t)), Heard: monday, From: long}, monday.Add(15 * time.Minute), "nothing since 09:00; usually every 20 seconds at this hour"},
	} {
		tt.h.Zone = berlin(t)
		since, says := tt.h.Silence(tt.now)
		if says != tt.says || since.IsZero() != (says == "") {
			t.Errorf("%s: %v %q, want %q", name, since, says, tt.says)
		}
	}
}

func TestRejecting(t *testing.T) {
	at := func(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }
	none := time.Time{}
	for name, tt := range map[string]struct {
		traffic   HookTraffic
		now, was  time.Time
		wantSince time.Time
	}{
		"nothing came":                {HookTraffic{}, at(60), none, none},
		"all believed":                {HookTraffic{Believed: at(59)}, at(60), none, none},
		"refused for four minutes":    {HookTraffic{Believed: at(55), First: at(56), Last: at(60)}, at(60), none, none},
		"refused for five minutes":    {HookTraffic{Believed: at(54), First: at(55), Last: at(60)}, at(60), none, at(55)},
		"one alone":                   {HookTraffic{First: at(55), Last: at(55)}, at(60), none, at(55)},
		"it goes on":                  {HookTraffic{First: at(0), Last: at(50)}, at(60), at(0), at(0)},
		"nobody calls":                {HookTraffic{First: at(0), Last: at(0)}, at(600), at(0), at(0)},
		"what it rests on is deleted": {HookTraffic{}, at(6000), at(0), at(0)},
		"believed":                    {HookTraffic{Believed: at(59)}, at(60), at(0), none},
		"believed, and refused again": {HookTraffic{Believed: at(50), First: at(59), Last: at(59)}, at(60), at(0), none},
		"believed, refused for long":  {HookTraffic{Believed: at(50), First: at(51), Last: at(59)}, at(60), at(0), at(51)},
		"a stranger calls":            {HookTraffic{First: at(55), Last: at(55), Unsigned: true}, at(60), none, at(55)},
		"the stranger was one":        {HookTraffic{First: at(55), Last: at(55), Unsigned: true}, at(115), at(55), none},
		"and is not told of again":    {HookTraffic{First: at(55), Last: at(55), Unsigned: true}, at(116), none, none},
		"strangers go on":             {HookTraffic{First: at(0), Last: at(100), Unsigned: true}, at(116), at(0), at(0)},
	} {
		if got := tt.traffic.Rejecting(tt.now, tt.was); !got.Equal(tt.wantSince) {
			t.Errorf("%s: %v, want %v", name, got, tt.wantSince)
		}
	}
}
