package console

import (
	"net/http"
	"net/url"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var todayPages = []page{
	{pattern: "GET /{$}", show: (*visit).today},
}

// todayView is how the desk stands. What only supervisors see is empty for
// agents.
type todayView struct {
	At       time.Time
	Stats    httpapi.Stats
	Plot     plot
	Channels []channelToday
	Blocked  ingest.Blocked
	Likely   int // tickets that are likely held wrongly
	Alerts   []alertView
	Jobs     []jobView
	Failed   int // deliveries of events that were given up
}

// channelToday is a channel, what came on it today, and the last hours.
type channelToday struct {
	ID, Name, Kind string
	Health         *health // nil: the reader may not see it
	Today, Hours   plot
}

func (v *visit) today() error {
	view := todayView{At: v.Now()}
	var hours httpapi.Hours
	err := v.get("/stats", nil, &view.Stats)
	if err == nil {
		err = v.get("/stats/hours", url.Values{"hours": {"25"}}, &hours) // a day may have so many
	}
	if err == nil && v.Me.Role.AtLeast(ingest.RoleSupervisor) {
		err = v.supervised(&view)
	}
	if err != nil {
		return err
	}
	v.drawn(&view, hours)
	return v.render(http.StatusOK, "today", view)
}

// supervised asks for what an agent does not see.
func (v *visit) supervised(view *todayView) error {
	var channels ingest.List[ingest.ChannelHealth]
	var likely ingest.Blocked
	var alerts ingest.List[ingest.Alert]
	var endpoints ingest.List[ingest.Endpoint]
	for _, a := range []struct {
		path  string
		query url.Values
		into  any
	}{
		{"/channels", nil, &channels},
		{"/blocked", url.Values{"limit": {"1"}}, &view.Blocked},
		{"/blocked", url.Values{"limit": {"1"}, "likely_wrong": {"true"}}, &likely},
		{"/alerts", url.Values{"limit": {"20"}}, &alerts},
		{"/endpoints", nil, &endpoints},
	} {
		if err := v.get(a.path, a.query, a.into); err != nil {
			return err
		}
	}
	for _, c := range channels.Items {
		view.Channels = append(view.Channels, channelToday{Name: c.Name, Kind: c.Kind, Health: &health{ChannelHealth: c}})
	}
	for _, a := range alerts.Items {
		view.Alerts = append(view.Alerts, alertView{Alert: a, now: view.At})
	}
	for _, e := range endpoints.Items {
		view.Failed += e.Dead
	}
	view.Likely = likely.Total
	var err error
	view.Jobs, err = v.unended()
	return err
}

// drawn makes the plots, of a day's hours and of today's, which begins where the
// reader is.
func (v *visit) drawn(view *todayView, hours httpapi.Hours) {
	zone, day := v.zone(), hours.To.Add(-24*time.Hour)
	now := view.At.In(zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone).Truncate(time.Hour)
	view.Plot = plotOf("all", "all channels", day, hours.To, hours.Channels, zone)
	if view.Channels == nil {
		for _, a := range view.Stats.Channels {
			view.Channels = append(view.Channels, channelToday{Name: a.Name, Kind: a.Kind})
		}
	}
	for i := range view.Channels {
		c := &view.Channels[i]
		own := ofChannel(hours.Channels, c.Name)
		c.ID = "c" + number(int64(i))
		c.Hours = plotOf(c.ID, c.Name, day, hours.To, own, zone)
		c.Today = plotOf(c.ID+"-today", c.Name, midnight, hours.To, own, zone)
	}
}

func ofChannel(list []httpapi.ChannelHours, name string) []httpapi.ChannelHours {
	for i, c := range list {
		if c.Name == name {
			return list[i : i+1]
		}
	}
	return nil
}

// Sum says what came today and what became of it.
func (c channelToday) Sum() string {
	n := c.Today.Came()
	if n == 0 {
		return "Nothing came today."
	}
	return capital(count(int(n), "message")) + " today: " + said(c.Today.Parts()) + "."
}

// Dead counts what could not be read, on all channels.
func (t todayView) Dead() (n int64) {
	for _, a := range t.Stats.Channels {
		n += a.Dead
	}
	return n
}

// Nothing reports whether not a single message ever came.
func (t todayView) Nothing() bool {
	for _, a := range t.Stats.Channels {
		if a.Accepted > 0 {
			return false
		}
	}
	return true
}

// Day is a moment's day where the reader is.
func (f frame) Day(at time.Time) string { return at.In(f.zone()).Format("Monday, 2 January") }

// Clock is a moment of today.
func (f frame) Clock(at time.Time) string { return at.In(f.zone()).Format("15:04") }
