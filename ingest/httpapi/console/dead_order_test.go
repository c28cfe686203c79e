package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// An order that the rate of requests stops says what it did, and goes on with the rest.
func TestAnOrderOfDeadLettersGoesOn(t *testing.T) {
	now := time.Now()
	d := open(t, func(o *httpapi.Options) { o.Now = func() time.Time { return now } })
	ada := d.person(ingest.RoleAdmin)
	chosen := url.Values{"do": {"delete"}}
	for i := range 12 {
		chosen.Add("ticket", d.dead("carl@example.org", fmt.Sprint("Torn ", i)).String())
	}
	slow := ada.settings()
	slow.Set("api_rate", "10")
	ada.send("/settings", slow).is(http.StatusSeeOther)
	must(t, d.store.Refresh(context.Background(), d.judge))
	asked := ada.open("/dead/order?" + chosen.Encode()).is(http.StatusOK).shows("Delete 12 letters?").form()
	stopped := ada.send("/dead/order", asked).is(http.StatusTooManyRequests).shows("8 letters deleted.", "4 letters are left", "Go on").form()
	if rest := stopped["ticket"]; !slices.Equal(rest, chosen["ticket"][8:]) || stopped.Get("key") == asked.Get("key") {
		t.Errorf("%v is left of %v", stopped, asked)
	}
	ada.send("/dead/order", stopped).is(http.StatusTooManyRequests).shows("Send it again")
	now = now.Add(time.Minute)
	ada.send("/dead/order", stopped).is(http.StatusOK).shows("4 letters deleted.").not("left")
}

// A letter that a legal hold keeps stops no order.
func TestALegalHoldKeepsADeadLetter(t *testing.T) {
	d := open(t)
	ada := d.person(ingest.RoleAdmin)
	d.receive("carl@example.org", "My order", "Where is it?", "")
	kept, gone := d.dead("carl@example.org", "Torn 1"), d.dead("dora@example.org", "Torn 2")
	at := d.contactOf("carl@example.org")
	form := ada.open(at + "/legal-hold").is(http.StatusOK).form()
	form.Set("reason", "a court asks")
	ada.send(at+"/legal-hold", form).is(http.StatusSeeOther)
	chosen := url.Values{"do": {"delete"}, "ticket": {kept.String(), gone.String()}}
	asked := ada.open("/dead/order?" + chosen.Encode()).is(http.StatusOK).form()
	ada.send("/dead/order", asked).is(http.StatusOK).shows("1 letter deleted.", "1 is kept by a legal hold.")
	ada.open("/dead").is(http.StatusOK).shows("Torn 1").not("Torn 2")
}
