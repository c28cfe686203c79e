package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

const (
	smsURL   = "https://support.example.com/hooks/sms"
	smsToken = "0123456789abcdef0123456789abcdef"
)

// texts sends a form as Twilio does.
func (h house) texts(form url.Values) {
	h.T.Helper()
	signed := smsURL
	for _, field := range slices.Sorted(maps.Keys(form)) {
		signed += field + form.Get(field)
	}
	mac := hmac.New(sha1.New, []byte(smsToken))
	mac.Write([]byte(signed))
	a, err := h.Ask(http.MethodPost, "/hooks/sms", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	must(h.T, err)
	if a.Status != http.StatusOK {
		h.T.Fatalf("%v is answered %d: %s", form, a.Status, a.Body)
	}
}

func text(sid, from, says string) url.Values {
	return url.Values{"MessageSid": {sid}, "From": {from}, "To": {"+15550100009"}, "Body": {says}}
}

type optStanding struct {
	MayReceive bool `json:"may_receive"`
	OptedOut   []struct {
		Channel, Source, Word string
	} `json:"opted_out"`
}

// stands waits until a number may receive, or may not, and says why.
func (h house) stands(number string, receives bool) (s optStanding) {
	h.T.Helper()
	eventually(h.T, "it is heard", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/standing?kind=phone&channel=sms&value="+url.QueryEscape(number), nil, &s)
		return s.MayReceive == receives
	})
	return s
}

// Who texts STOP, in a national form at that, may not be written to until they
// text START; both take their road. What the provider says of the answer that
// was sent names its conversation.
func TestStopAndStart(t *testing.T) {
	t.Parallel()
	h := house{housetest.NewOn(t, localpg.Test(t), "default_region: US",
		"{name: sms, kind: twilio, account_sid: AC00000000000000000000000000000001, auth_token: "+smsToken+", public_url: '"+smsURL+"'}")}
	h.Serve()
	const number = "+15550100001"
	h.texts(text("SM1", number, "Hello"))
	h.stands(number, true)
	h.texts(text("SM2", "(555) 010-0001", "Stop!"))
	if s := h.stands(number, false); len(s.OptedOut) != 1 || s.OptedOut[0].Channel != "sms" || s.OptedOut[0].Source != "word" || s.OptedOut[0].Word != "stop" {
		t.Errorf("why: %+v", s)
	}
	var talks struct {
		Items []struct {
			ID       string
			Messages int
			Contact  string `json:"contact_id"`
			Standing optStanding
		}
	}
	h.Read(http.StatusOK, http.MethodGet, "/conversations?channel=sms", nil, &talks)
	if len(talks.Items) != 1 || talks.Items[0].Messages != 2 || talks.Items[0].Standing.MayReceive {
		t.Fatalf("conversations: %+v", talks)
	}
	talk := talks.Items[0]
	h.Read(http.StatusCreated, http.MethodPost, "/conversations/"+talk.ID+"/outgoing", map[string]any{"message_id": "SM9", "from": "+15550100009"}, nil)
	h.texts(url.Values{"MessageSid": {"SM9"}, "MessageStatus": {"undelivered"}, "ErrorCode": {"21610"}})
	h.texts(text("SM3", number, "start"))
	h.stands(number, true)

	var log struct {
		Items []struct {
			Type         string
			Conversation string `json:"conversation_id"`
			Contact      string `json:"contact_id"`
			Data         struct{ ID, Code, Word string }
		}
	}
	eventually(t, "all is told", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/events?types=contact.opted_out,contact.opted_in,receipt.failed", nil, &log)
		return len(log.Items) == 3
	})
	for i, want := range []struct{ kind, of string }{{"contact.opted_out", "stop"}, {"receipt.failed", "SM9 21610"}, {"contact.opted_in", "start"}} {
		e := log.Items[i]
		if of := e.Data.Word + e.Data.ID; e.Type != want.kind || of+map[bool]string{true: " " + e.Data.Code}[e.Data.Code != ""] != want.of ||
			e.Conversation != talk.ID || e.Contact != talk.Contact {
			t.Errorf("event %d: %+v, want %+v of %s", i, e, want, talk.ID)
		}
	}
}
