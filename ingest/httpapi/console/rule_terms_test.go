package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"gatehouse/ingest"
)

// A rule lasts until the end of a day of choice, where the reader is; the day is
// asked for first, and one that is over is refused.
func TestARuleEndsWithADay(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	sue.cookies["zone"] = "Asia%2FTokyo"
	there, err := time.LoadLocation("Asia/Tokyo")
	must(t, err)
	last := time.Now().In(there).AddDate(0, 0, 40)
	day := last.Format(time.DateOnly)
	at := "/rule?target=bob%40example.net&kind=block&expires_in=date"
	sue.open(at).is(http.StatusOK).shows("Its last day", "until a day that I choose").not("data-kept", `role="alert"`)
	for _, wrong := range []string{"2020-01-02", "soon"} {
		sue.open(at+"&until="+url.QueryEscape(wrong)).is(http.StatusOK).shows(`role="alert"`, `value="`+wrong+`"`)
	}
	form := sue.open(at+"&until="+day).is(http.StatusOK).shows("It ends with "+last.Format("Monday, 2 January 2006")+", at midnight where you are (Asia/Tokyo).").with("reason", "spam")
	for range 2 {
		sue.send("/rule", form).is(http.StatusSeeOther)
	}
	list := sue.open("/rules").is(http.StatusOK)
	end := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, there)
	list.shows(end.UTC().Format(time.RFC3339))
	rule := list.find(rulesLink)
	later := end.AddDate(0, 0, 6)
	sue.send(rule, sue.open(rule).is(http.StatusOK).with("reason", "spam", "expires_in", "date", "until", later.Format(time.DateOnly))).is(http.StatusSeeOther)
	sue.open("/rules").is(http.StatusOK).shows(later.AddDate(0, 0, 1).UTC().Format(time.RFC3339))
	sue.send(rule, sue.open(rule).is(http.StatusOK).with("reason", "spam", "expires_in", "date")).is(http.StatusUnprocessableEntity).shows("expires_at")
}
