package sinch_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/sinch"
	"gatehouse/ingest"
)

// TestReceipts reads what is said beside messages.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 30, 0, time.UTC)
	viber := ingest.Identity{Kind: "phone", Value: "+15550100123", How: ingest.Verified}
	for body, want := range map[string]channels.Reply{
		`{"type":"recipient_delivery_report_sms","batch_id":"b","status":"Failed","code":401,"at":"2026-11-21T11:59:30Z"}`: {
			Reports: []ingest.DeliveryReport{{ID: "b", Status: ingest.Failed, Code: "401", At: at}}},
		`{"type":"delivery_report_sms","batch_id":"b","statuses":[{"code":0,"status":"Delivered","count":2},{"code":407,"status":"Expired"},{"status":"Queued"}]}`: {
			Reports: []ingest.DeliveryReport{{ID: "b", Status: ingest.Delivered}, {ID: "b", Status: ingest.Failed, Code: "407"}}},
		`{"type":"delivery_report_sms","batch_id":"b","statuses":[{"code":400,"status":"Queued"}]}`: {Ignored: 1},
		`{"event_time":"2026-11-21T11:59:30Z","message_delivery_report":{"message_id":"m","status":"READ"}}`: {
			Reports: []ingest.DeliveryReport{{ID: "m", Status: ingest.Read, At: at}}},
		`{"message_delivery_report":{"message_id":"m","status":"FAILED","reason":{"code":"RECIPIENT_NOT_REACHABLE"}}}`: {
			Reports: []ingest.DeliveryReport{{ID: "m", Status: ingest.Failed, Code: "RECIPIENT_NOT_REACHABLE"}}},
		`{"message_delivery_report":{"message_id":"m","status":"SWITCHING_CHANNEL"}}`: {Ignored: 1},
		`{"event_time":"2026-11-21T11:59:30Z","opt_out_notification":{"channel":"VIBERBM","identity":"15550100123","status":"OPT_OUT_SUCCEEDED"}}`: {
			Opts: []ingest.Opting{{Identity: viber, Opt: ingest.OptOut, At: at}}},
		`{"opt_in_notification":{"channel":"VIBERBM","identity":"15550100123","status":"OPT_IN_SUCCEEDED"}}`: {
			Opts: []ingest.Opting{{Identity: viber, Opt: ingest.OptIn}}},
		`{"opt_out_notification":{"channel":"VIBERBM","identity":"15550100123","status":"OPT_OUT_FAILED"}}`: {Ignored: 1},
		`{"opt_out_notification":{"channel":"VIBERBM","identity":""}}`:                                      {Ignored: 1},
		`{"message_delivery_report":"no object"}`:                                                           {Ignored: 1},
	} {
		hook, err := sinch.Kind.Webhook(channeltest.Settings([]byte(`webhook_secret: s`)), channeltest.Host())
		if err != nil {
			t.Fatal(err)
		}
		r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(body)}
		arrivals, reply, err := hook.Parse(r)
		if err != nil || len(arrivals) != 0 {
			t.Errorf("%s: %d arrivals, %v", body, len(arrivals), err)
		}
		if diff := cmp.Diff(want, reply); diff != "" {
			t.Errorf("%s: -want +got\n%s", body, diff)
		}
	}
}

// TestReceiptsOfOtherApps: what another app of the project sent, and who opted out
// of what it sends, says nothing of this channel.
func TestReceiptsOfOtherApps(t *testing.T) {
	hook, err := sinch.Kind.Webhook(channeltest.Settings([]byte("{webhook_secret: s, app_id: ours}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{
		`"opt_out_notification":{"channel":"SMS","identity":"15550100123","status":"OPT_OUT_SUCCEEDED"}`,
		`"message_delivery_report":{"message_id":"1","status":"DELIVERED"}`,
	} {
		for app, told := range map[string]int{"ours": 1, "another": 0} {
			body := []byte(`{"app_id":"` + app + `",` + event + `}`)
			_, reply, err := hook.Parse(channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: body})
			if err != nil || len(reply.Reports)+len(reply.Opts) != told || reply.Ignored != 1-told {
				t.Errorf("%s: %+v, %v", body, reply, err)
			}
		}
	}
}
