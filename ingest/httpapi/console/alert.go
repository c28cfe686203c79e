package console

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/ingest"
)

var alertPages = []page{
	{pattern: "GET /alerts/{id}/mute", show: (*visit).askMute},
	{pattern: "POST /alerts/{id}/mute", show: (*visit).mute},
}

// alertView is something that is wrong, and what to do about it here.
type alertView struct {
	ingest.Alert
	now time.Time
}

// Muted reports whether nobody is reminded of it for the moment.
func (a alertView) Muted() bool { return a.MutedUntil != nil && a.MutedUntil.After(a.now) }

// mending is what to do, and the page to do it on.
type mending struct {
	Says, Link string
	Page       template.URL
}

// Mend is what to do about it, in this console rather than by the API.
func (a alertView) Mend() mending {
	_, name, _ := strings.Cut(a.Subject, ":")
	channel := template.URL("/channels/" + url.PathEscape(name))
	switch a.Kind {
	case ingest.AlertReauth, ingest.AlertFailing, ingest.AlertRejecting, ingest.AlertSilent, ingest.AlertLate:
		return mending{"The channel's page says what to do.", "Look at " + name, channel}
	case ingest.AlertDeadMessages:
		return mending{"Look at them, then try them again or delete them.", "Look at them", search("/dead", "channel", name)}
	case ingest.AlertDeadDeliveries, ingest.AlertEndpointOff:
		return mending{"Mend what receives there, then deliver again or let the endpoint go on.", "Look at the endpoints", "/endpoints"}
	case ingest.AlertUnopened:
		return mending{"Look through them, and release or delete each.", "Look through them", "/blocked"}
	case ingest.AlertJobFailed:
		return mending{"See why, then have it go on.", "Look at the job", template.URL("/jobs/" + url.PathEscape(name))}
	}
	return mending{Says: a.Do}
}

// mutes are until when an alert may be muted: moments, so that the form says the
// same whenever it is sent.
func (v *visit) mutes() []way {
	until := func(d time.Duration) string { return v.Now().Add(d).UTC().Truncate(time.Minute).Format(time.RFC3339) }
	return []way{{until(time.Hour), "for an hour"}, {until(24 * time.Hour), "until tomorrow at this time"}, {until(168 * time.Hour), "for a week"}}
}

// muteView asks until when nobody is to be reminded.
type muteView struct {
	ingest.Alert
	Ways []way
	Back string
}

func (v *visit) askMute() error {
	var list ingest.List[ingest.Alert]
	if err := v.get("/alerts", url.Values{"limit": {"200"}}, &list); err != nil {
		return err
	}
	for _, a := range list.Items {
		if a.ID.String() == v.r.PathValue("id") {
			return v.render(http.StatusOK, "mute", muteView{a, v.mutes(), v.back()})
		}
	}
	return errNoPage
}

func (v *visit) mute() error {
	body := map[string]string{"until": v.r.PostFormValue("until")}
	if err := v.change(http.MethodPost, "/alerts/"+url.PathEscape(v.r.PathValue("id"))+"/mute", body, nil); err != nil {
		return err
	}
	v.to(v.back())
	return nil
}
