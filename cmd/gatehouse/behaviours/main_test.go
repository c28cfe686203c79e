package behaviours

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(housetest.Building(m, 8, common.Close)) }

// The channels of a house: two chats, texts, a form, and mail.
const (
	siteChat = housetest.SiteChat
	shopChat = "{name: shop-chat, kind: chat, visitor_rate: 0, ip_rate: 0}"
	texts    = "{name: sms, kind: twilio, account_sid: AC00000000000000000000000000000001, auth_token: " + textsToken + ", public_url: " + textsURL + "}"
	form     = "{name: orders, kind: webhook, scheme: bearer, bearer_token: " + formToken + ", map: {from: from, text: text, id: id}}"

	textsToken = "a-token-of-tests"
	textsURL   = "https://support.example.com/hooks/sms"
	formToken  = "another-token-of-tests"
)

// mailbox is that of the house which the tests share.
var mailbox *housetest.Mailbox

// common is the house of all tests that leave its settings alone. Each has
// customers of its own there.
var common = &housetest.Shared{Open: func(t housetest.TB) *housetest.House {
	mailbox = housetest.NewMailbox(t)
	mail := strings.Replace(mailbox.Channel("support-mail"), "start: all", "start: new", 1)
	h := housetest.New(t, siteChat, shopChat, texts, form, mail)
	h.Serve()
	housetest.Eventually(t, "the mailbox is looked into", func() bool {
		return get[struct{ Cursor string }](h, "/channels/support-mail").Cursor != ""
	})
	return h
}}

// open gives a test its desk in the common house.
func open(t *testing.T) desk {
	t.Helper()
	t.Parallel()
	h := common.For(t)
	return desk{h, mailbox, place(t)}
}

// openOwn gives a test a house of its own, for settings of its own.
func openOwn(t *testing.T, lines string, channels ...string) desk {
	t.Helper()
	t.Parallel()
	h := housetest.NewOn(t, localpg.Test(t), lines, channels...)
	h.Serve()
	return desk{h, nil, place(t)}
}
