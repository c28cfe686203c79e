package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var channelPages = []page{
	{pattern: "GET /channels", show: (*visit).channels},
	{pattern: "GET /channels/{name}", show: (*visit).channel},
	{pattern: "GET /channels/{name}/backfill", show: (*visit).askBackfill},
	{pattern: "POST /channels/{name}/backfill", show: (*visit).backfill},
	{pattern: "POST /channels/{name}/reconnect", show: (*visit).reconnect},
}

func (v *visit) channels() error {
	var list ingest.List[ingest.ChannelHealth]
	if err := v.get("/channels", nil, &list); err != nil {
		return err
	}
	var view []health
	for _, c := range list.Items {
		view = append(view, health{ChannelHealth: c})
	}
	return v.render(http.StatusOK, "channels", view)
}

// channelView is all there is to know of a channel, and to do with it.
type channelView struct {
	health
	Detail    ingest.ChannelDetail
	Setup     ingest.ChannelSetup
	Grant     *httpapi.ChannelGrant
	Books     *ingest.Reconciliation
	Backfills []ingest.Backfill
	Hours     plot
}

// Can reports whether the channel takes an order.
func (c channelView) Can(order string) bool { return slices.Contains(c.Setup.Can, order) }

func (v *visit) channel() error {
	var view channelView
	var hours httpapi.Hours
	name := v.r.PathValue("name")
	path := "/channels/" + url.PathEscape(name)
	if err := v.get(path, nil, &view.Detail); err != nil {
		return err
	}
	if err := v.get(path+"/setup", nil, &view.Setup); err != nil {
		return err
	}
	view.health = health{view.Detail.ChannelHealth, map[string]bool{"auth": view.Can("auth")}}
	if err := v.get("/stats/hours", url.Values{"channel": {name}, "hours": {"48"}}, &hours); err != nil {
		return err
	}
	view.Hours = plotOf("hours", name, hours.From, hours.To, hours.Channels, v.zone())
	if err := v.ordered(path, &view); err != nil {
		return err
	}
	return v.render(http.StatusOK, "channel", view)
}

// ordered asks what came of the orders that a channel takes.
func (v *visit) ordered(path string, view *channelView) error {
	var backfills ingest.List[ingest.Backfill]
	for _, a := range []struct {
		order, path string
		into        any
	}{{"reconcile", "/reconcile", &view.Books}, {"auth", "/auth", &view.Grant}, {"backfill", "/backfill", &backfills}} {
		if !view.Can(a.order) {
			continue
		}
		if err := v.get(path+a.path, nil, a.into); err != nil {
			return err
		}
	}
	view.Backfills = backfills.Items[:min(5, len(backfills.Items))]
	return nil
}

// backfillView asks since when a provider is to be asked.
type backfillView struct {
	Name, Since, Until, Back string
	Problem                  *httpapi.Problem
}

// dayForm is how a browser writes a day and a time of a form.
const dayForm = "2006-01-02T15:04"

func (v *visit) askBackfill() error {
	if err := v.mustBe(ingest.RoleAdmin); err != nil {
		return err
	}
	since := v.Now().In(v.zone()).Add(-24 * time.Hour).Truncate(time.Hour)
	return v.render(http.StatusOK, "backfill", backfillView{Name: v.r.PathValue("name"), Since: since.Format(dayForm), Back: v.back()})
}

// backfill has the provider asked, and comes back to the channel, which says what
// came of it. Times are those of the reader's zone.
func (v *visit) backfill() error {
	view := backfillView{Name: v.r.PathValue("name"), Since: v.r.PostFormValue("since"), Until: v.r.PostFormValue("until"), Back: v.back()}
	body := map[string]any{"dry_run": v.r.PostFormValue("dry_run") == "true"}
	for field, said := range map[string]string{"since": view.Since, "until": view.Until} {
		at, err := time.ParseInLocation(dayForm, said, v.zone())
		if said == "" && field == "until" {
			continue
		}
		if err != nil {
			view.Problem = &httpapi.Problem{Detail: fmt.Sprintf("Say as a day and a time %s when to ask for.", field)}
			return v.render(http.StatusUnprocessableEntity, "backfill", view)
		}
		body[field] = at
	}
	if err := v.change(http.MethodPost, "/channels/"+url.PathEscape(view.Name)+"/backfill", body, nil); err != nil {
		if view.Problem = correctable(err); view.Problem == nil {
			return err
		}
		return v.render(view.Problem.Status, "backfill", view)
	}
	v.to(v.back())
	return nil
}

// reconnect makes a link for the mailbox's owner, and shows it once.
func (v *visit) reconnect() error {
	var link httpapi.ConsentLink
	name := v.r.PathValue("name")
	if err := v.change(http.MethodPost, "/channels/"+url.PathEscape(name)+"/auth", nil, &link); err != nil {
		return err
	}
	return v.render(http.StatusOK, "reconnect", struct {
		Name string
		httpapi.ConsentLink
	}{name, link})
}
