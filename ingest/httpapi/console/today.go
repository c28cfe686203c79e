package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var todayPages = []page{
	{pattern: "GET /{$}", show: (*visit).today},
}

// todayView is how the desk stands.
type todayView struct {
	Channels ingest.List[ingest.ChannelHealth]
	Stats    httpapi.Stats
	Blocked  ingest.Blocked
	Alerts   ingest.List[ingest.Alert]
	Jobs     ingest.List[ingest.Job]
}

func (v *visit) today() error {
	var view todayView
	err := v.get("/stats", nil, &view.Stats)
	if err == nil && v.Me.Role.AtLeast(ingest.RoleSupervisor) {
		err = v.supervised(&view)
	}
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "today", view)
}

func (v *visit) supervised(view *todayView) error {
	if err := v.get("/channels", nil, &view.Channels); err != nil {
		return err
	}
	if err := v.get("/blocked", url.Values{"limit": {"1"}}, &view.Blocked); err != nil {
		return err
	}
	if err := v.get("/alerts", url.Values{"limit": {"20"}}, &view.Alerts); err != nil {
		return err
	}
	return v.get("/jobs", url.Values{"limit": {"10"}, "state": {"running"}}, &view.Jobs)
}

// Account is a channel's.
func (t todayView) Account(name string) ingest.Account {
	for _, a := range t.Stats.Channels {
		if a.Name == name {
			return a
		}
	}
	return ingest.Account{}
}
