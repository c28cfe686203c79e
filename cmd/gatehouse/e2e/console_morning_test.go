//go:build long && chromium

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// The channels of a desk beside mail and chat: texts, and a mailbox that nobody
// reaches.
const (
	textsHook = "{name: sms, kind: webhook, scheme: bearer, bearer_token: secret, map: {from: from, text: text, id: id}}"
	lostBox   = "{name: billing-mail, kind: imap, host: 127.0.0.1, port: 1, tls: none, username: billing@example.com, password: secret}"
)

// customers are people who write to the desk, and what about.
var customers = []struct{ name, address, subject, text string }{
	{"Ann Miller", "ann.miller@example.com", "Order 20417 has not arrived", "The parcel was to come on Monday. Could you tell me where it is?"},
	{"Jonas Weber", "jonas.weber@example.org", "Wrong size delivered", "I ordered the blue jacket in M and got it in S. How do I change it?"},
	{"Priya Shah", "priya@example.net", "Invoice for September", "Our accounting needs the invoice with our VAT number on it, please."},
	{"Luis Ortega", "l.ortega@example.com", "The app forgets my password", "Since the update I have to set a new password each morning."},
	{"Mei Tanaka", "mei.tanaka@example.org", "Change of address", "We have moved. Please send what is still on its way to the new flat."},
	{"Tom Baker", "tom.baker@example.net", "Two charges on my card", "You took 49.90 twice on the third. I would like one of them back."},
	{"Sofia Rossi", "sofia.rossi@example.com", "Is the blue one back soon?", "I would take two as soon as there are some again."},
	{"Noah Dubois", "noah@example.org", "Broken on arrival", "The lid is cracked, as you see in the picture. Can I have a new one?"},
	{"Ella Nowak", "ella.nowak@example.net", "Cancel my subscription", "Please end it with this month, and write to me that you did."},
	{"Omar Haddad", "omar.haddad@example.com", "Delivery to a shop", "Can the parcel be left at the shop on the corner? I work until seven."},
}

// blocks are what is held: by which rule, from whom, what about, and how many.
var blocks = []struct {
	target, reason, comment, from, subject string
	n                                      int
}{
	{"domain:deals.example.org", "spam", "Nothing but offers.", "Best Deals <offer%d@deals.example.org>", "Offer %d: only until midnight", 62},
	{"domain:watches.example.net", "spam", "", "Cheap Watches <w%d@watches.example.net>", "Watch no. %d for less", 41},
	{"email:news@letters.example.com", "newsletter", "Nobody reads it.", "The Letter <news@letters.example.com>", "The letter of the week, no. %d", 36},
	{"domain:seo.example.org", "spam", "", "Rank Higher <hello%d@seo.example.org>", "First page in %d days", 33},
	{"domain:parcels.example.com", "phishing", "Looks like the carrier's mail and is not.", "Parcel Service <track%d@parcels.example.com>", "Your parcel %d is waiting", 28},
	{"email:survey@polls.example.net", "noise", "", "A Survey <survey@polls.example.net>", "Question %d of our survey", 24},
	{"domain:loans.example.com", "spam", "", "Quick Loans <loan%d@loans.example.com>", "Offer %d: money today", 21},
	{"email:robot@status.example.org", "noise", "Belongs to the engineers.", "Status <robot@status.example.org>", "Build %d has failed", 18},
	{"domain:casino.example.net", "spam", "", "Lucky <l%d@casino.example.net>", "%d free spins", 14},
	{"email:rude@example.net", "abuse", "Asked twice to stop.", "Rudi Grob <rude@example.net>", "I am still waiting (%d)", 9},
	{"domain:crypto.example.com", "spam", "", "Coins <c%d@crypto.example.com>", "Double it in %d days", 8},
	{"domain:example.org", "spam", "Too much from there last week.", "", "", 6}, // customers of ours are there
}

// morning is a console with a night's mail: three hundred messages held by twelve
// rules, customers among them, and what else a supervisor meets.
func morning(t *testing.T) *console {
	t.Helper()
	c := newConsole(t, textsHook, lostBox)
	var mails []string
	for i, who := range customers {
		mails = append(mails, mail(fmt.Sprintf("%s <%s>", who.name, who.address), who.subject, who.text, fmt.Sprintf("Message-ID: <c%d@example.com>", i)))
	}
	c.mailed(mails...)
	c.talked()
	c.answered()
	for _, b := range blocks {
		c.rule(map[string]any{"kind": "block", "target": b.target, "reason": b.reason, "comment": b.comment})
	}
	c.mailed(held()...)
	c.oddities()
	return c
}

// held are the mails that the blocks hold.
func held() (mails []string) {
	for _, b := range blocks {
		for n := 1; n <= b.n && b.from != ""; n++ {
			from := b.from
			if strings.Contains(from, "%d") {
				from = fmt.Sprintf(from, n%7)
			}
			mails = append(mails, mail(from, fmt.Sprintf(b.subject, n), "Good morning,\r\n\r\nplease read on.\r\n"))
		}
	}
	for i, who := range customers {
		if strings.HasSuffix(who.address, "@example.org") {
			for _, again := range []string{"", "Once more: "} {
				mails = append(mails, mail(fmt.Sprintf("%s <%s>", who.name, who.address), again+"Re: "+who.subject,
					"<p>Hello,</p><p>did you get my mail? "+who.text+"</p><p>Kind regards<br><b>"+who.name+`</b></p><img src="https://pictures.example.org/logo.png">`,
					fmt.Sprintf("In-Reply-To: <c%d@example.com>", i), "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8"))
			}
		}
	}
	return mails
}

// answered has the desk answer the customers.
func (c *console) answered() {
	c.T.Helper()
	for n, talk := range housetest.All[struct{ ID string }](c.House, "/conversations") {
		answer := map[string]any{"message_id": fmt.Sprintf("answer-%d@example.com", n), "from": "support@example.com"}
		_, err := c.API(http.MethodPost, "/conversations/"+talk.ID+"/outgoing", answer)
		must(c.T, err)
	}
}

// talked has visitors chat and text.
func (c *console) talked() {
	c.T.Helper()
	for n, text := range []string{"Hello, is somebody there?", "Do you deliver to Norway?", "My code does not work."} {
		c.Say(fmt.Sprintf("visitor-%d", n), fmt.Sprint(n), text)
	}
	for n, text := range []string{"Running late, can I collect it at six?", "Please call me back.", "Thank you!"} {
		c.texted(fmt.Sprintf(`{"id":"%d","from":"+1555010%04d","text":%q}`, n, 4000+n, text))
	}
	c.Decided(map[string]int{"site-chat": 3, "sms": 3})
}

// texted posts to the hook for texts.
func (c *console) texted(body string) {
	c.T.Helper()
	c.posts(http.StatusOK, "sms", jsonBody, body, "Authorization", "Bearer secret")
}

// oddities are what is rarer: refused and blacklisted mail, a rule that has
// expired, what nobody can read, an order that is done, an endpoint.
func (c *console) oddities() {
	c.T.Helper()
	c.rule(map[string]any{"kind": "ban", "target": "email:threat@example.net", "reason": "threat"})
	c.rule(map[string]any{"kind": "blacklist", "target": "domain:lists.example.net", "reason": "noise"})
	c.rule(map[string]any{"kind": "allow", "target": "email:priya@example.net", "comment": "A customer of ten years."})
	brief := c.rule(map[string]any{"kind": "block", "target": "email:once@example.com", "reason": "noise", "expires_in": "1h"})
	var mails []string
	for n := range 5 {
		mails = append(mails, mail("threat@example.net", fmt.Sprint("Beware ", n), "You will see."), mail("list@lists.example.net", fmt.Sprint("Digest ", n), "Today's digest."))
	}
	c.mailed(append(mails, mail("Once <once@example.com>", "A question of mine", "Is this the right address?"))...)
	c.SQL("update rules set created_at = now() - interval '2 hours', expires_at = now() - interval '1 minute' where id = " + brief.ID)
	c.texted(`{"id":"9","text":12}`)
	c.Read(http.StatusCreated, http.MethodPost, "/endpoints", map[string]any{"url": "https://desk.example.com/events"}, nil)
	for _, ticket := range c.Held() {
		if ticket.Rule != nil && ticket.Rule.Target == "domain:crypto.example.com" {
			var job housetest.Job
			c.Read(http.StatusAccepted, http.MethodPost, "/blocked/delete", map[string]any{"tickets": []string{ticket.ID}}, &job)
			c.Finished(job.ID)
			break
		}
	}
}
