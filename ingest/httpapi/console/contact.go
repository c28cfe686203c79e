package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"gatehouse/ingest"
)

var contactPages = slices.Concat(profilePages, addressPages, mergePages, personalPages, []page{
	{pattern: "GET /contacts", show: (*visit).contacts},
	{pattern: "POST /contacts/export", show: (*visit).exportContacts},
	{pattern: "GET /contacts/{id}", show: (*visit).contact},
	{pattern: "POST /contacts/{id}/notes", show: (*visit).addNote},
	{pattern: "POST /contacts/{id}/notes/{note}", show: (*visit).deleteNote},
	{pattern: "GET /contacts/{id}/review", show: (*visit).askReview},
	{pattern: "POST /contacts/{id}/review", show: (*visit).review},
})

// contactTabs are the lists of contacts.
var contactTabs = []way{{"", "All"}, {"active", "Active"}, {"blocked", "Blocked"}, {"banned", "Banned"}, {"blacklisted", "Blacklisted"}}

// contactPeriods are since when contacts are listed, in days; "": ever.
var contactPeriods = []way{{"week", "this week"}, {"30", "in the last 30 days"}, {"365", "in the last year"}, {"ever", "ever"}}

// contactsView is a part of the contacts.
type contactsView struct {
	listView[ingest.Contact]
	Tabs, Periods []way
	Period        string
}

// contacts lists those made in a period: this week's, unless the reader looks
// for more.
func (v *visit) contacts() error {
	view := contactsView{Tabs: contactTabs, Periods: contactPeriods, Period: v.r.FormValue("period")}
	view.Chosen = v.filters([]string{"q", "tag", "standing"})
	if view.Period == "" {
		if view.Period = "week"; len(view.Chosen) > 0 {
			view.Period = "ever"
		}
	}
	q := v.filters([]string{"q", "tag", "standing", "cursor"})
	if from := v.since(view.Period); from != "" {
		q.Set("from", from)
	}
	if err := v.get("/contacts", q, &view.List); err != nil {
		return err
	}
	return v.render(http.StatusOK, "contacts", view)
}

// since is when a period begins, as the API has it.
func (v *visit) since(period string) string {
	now := v.Now().In(v.zone())
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch period {
	case "30", "365":
		days := map[string]int{"30": -30, "365": -365}[period]
		return day.AddDate(0, 0, days).UTC().Format(time.RFC3339)
	case "ever":
		return "2000-01-01T00:00:00Z" // before any; without it the API lists this week's
	}
	return day.AddDate(0, 0, -(int(now.Weekday())+6)%7).UTC().Format(time.RFC3339)
}

// exportContacts starts the export of those that are listed, and shows it.
func (v *visit) exportContacts() error {
	body := map[string]string{}
	for _, name := range []string{"q", "tag", "standing"} {
		if value := v.r.FormValue(name); value != "" {
			body[name] = value
		}
	}
	if period := v.r.FormValue("period"); period != "ever" {
		body["from"] = v.since(period)
	}
	return v.startJob("/contacts/export", body, "/contacts")
}

// startJob asks for what takes a while, and shows how far it is.
func (v *visit) startJob(path string, body any, back string) error {
	var job ingest.Job
	if err := v.change(http.MethodPost, path, body, &job); err != nil {
		return err
	}
	v.toJob(job, back)
	return nil
}

// contactView is a person, and what they wrote and were written.
type contactView struct {
	ingest.Contact
	Notes   ingest.List[ingest.Note]
	History ingest.List[ingest.Record]
	Merges  ingest.List[ingest.Merge]
}

func (v *visit) contact() error {
	var view contactView
	path := contactPath(v.r.PathValue("id"))
	if err := v.get(path, nil, &view.Contact); err != nil {
		return err
	}
	if err := v.refresh(&view.Standing); err != nil {
		return err
	}
	if err := v.get(path+"/notes", nil, &view.Notes); err != nil {
		return err
	}
	if v.Me.Role.AtLeast(ingest.RoleSupervisor) {
		if err := v.get(path+"/merges", nil, &view.Merges); err != nil {
			return err
		}
	}
	if err := v.get(path+"/history", v.filters([]string{"cursor"}), &view.History); err != nil {
		return err
	}
	return v.render(http.StatusOK, "contact", view)
}

func contactPath(id string) string { return "/contacts/" + url.PathEscape(id) }
