package behaviours

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// A customer writes on a channel, from an address of theirs.
type customer struct {
	d       desk
	channel string
	address string
	name    string            // as typed
	ip      string            // chats alone
	locale  string            // of the page
	more    map[string]any    // fields of a chat post besides the usual ones
	form    map[string]string // fields of a text besides the usual ones
	subject string            // of the mail that they answer
}

var seat = regexp.MustCompile(`^TestS(\d)_(\d+)`)

// place is what makes a test's customers its own: the row that it proves, and a
// number of its own there.
func place(t *testing.T) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	h := fnv.New32()
	h.Write([]byte(name))
	row := []string{"", "9", "99"} // of no seed
	if m := seat.FindStringSubmatch(name); m != nil {
		row = m
	}
	return fmt.Sprintf("s%s-%s-%03d", row[1], row[2], h.Sum32()%1000)
}

// visitor chats on the site.
func (d desk) visitor(name string) *customer {
	return &customer{d: d, channel: "site-chat", address: d.place + "-" + name, ip: "127.0.0.1"}
}

// mailer writes mail.
func (d desk) mailer(name string) *customer {
	return &customer{d: d, channel: "support-mail", address: name + "@" + d.place + ".example.com"}
}

// buyer fills in the order form.
func (d desk) buyer(name string) *customer {
	return &customer{d: d, channel: "orders", address: name + "@" + d.place + ".example.com"}
}

// texter sends texts, from the test's number n of ten.
func (d desk) texter(n int) *customer {
	var seed, row, own int
	_, err := fmt.Sscanf(d.place, "s%d-%d-%d", &seed, &row, &own)
	housetest.Must(d.T, err)
	return &customer{d: d, channel: "sms", address: fmt.Sprintf("+1555%d%02d%03d%d", seed, row, own, n)}
}

// target is what a rule on the customer's address names.
func (c *customer) target() string {
	switch c.channel {
	case "sms":
		return "phone:" + c.address
	case "support-mail", "orders":
		return "email:" + c.address
	}
	return "visitor:" + c.address
}

// sends sends a message without waiting for what becomes of it.
func (c *customer) sends(says string) housetest.Answer {
	c.d.T.Helper()
	var a housetest.Answer
	var err error
	says += " " + housetest.Planted
	switch c.channel {
	case "support-mail":
		c.mails(says)
		return housetest.Answer{Status: http.StatusAccepted}
	case "sms":
		a, err = c.texts(says)
	case "orders":
		body, _ := json.Marshal(map[string]string{"id": says, "from": c.address, "text": says})
		a, err = c.d.Ask(http.MethodPost, "/hooks/orders", string(body), "Authorization", "Bearer "+formToken)
	default:
		a, err = c.chats(says)
	}
	housetest.Must(c.d.T, err)
	return a
}

func (c *customer) chats(says string) (housetest.Answer, error) {
	post := map[string]any{"id": says, "visitor_id": c.address, "text": says, "name": c.name}
	for field, value := range c.more {
		post[field] = value
	}
	body, err := json.Marshal(post)
	housetest.Must(c.d.T, err)
	return c.d.Ask(http.MethodPost, "/chat/"+c.channel+"/messages", string(body), "X-Forwarded-For", c.ip)
}

func (c *customer) texts(says string) (housetest.Answer, error) {
	form := url.Values{"MessageSid": {"SM" + c.address + says}, "From": {c.address}, "To": {"+15550000000"}, "Body": {says}}
	for field, value := range c.form {
		form.Set(field, value)
	}
	signed := textsURL
	for _, field := range slices.Sorted(keysOf(form)) {
		signed += field + form.Get(field)
	}
	mac := hmac.New(sha1.New, []byte(textsToken))
	mac.Write([]byte(signed))
	return c.d.Ask(http.MethodPost, "/hooks/sms", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (c *customer) mails(says string) {
	name, _, _ := strings.Cut(says, " "+housetest.Planted)
	subject, fields := name, ""
	if c.subject != "" {
		fields = fmt.Sprintf("In-Reply-To: <%s@example.com>\r\n", slug(c.subject))
	}
	c.d.mail.Deliver(subject, fmt.Sprintf("Message-ID: <%s@example.com>\r\n%sFrom: %s <%s>\r\nTo: support@example.org\r\n"+
		"Received: from [192.0.2.99] by mail.example.org; Fri, 20 Nov 2026 09:00:00 +0000\r\nSubject: %s\r\n\r\n%s\r\n",
		slug(name), fields, c.name, c.address, subject, says))
}

func slug(s string) string { return strings.ReplaceAll(strings.ToLower(s), " ", "-") }

// writes sends a message, which must be accepted, and returns it when it is
// decided.
func (c *customer) writes(says string) housetest.Message {
	c.d.T.Helper()
	says = c.d.place + " " + says
	if a := c.sends(says); a.Status/100 != 2 {
		c.d.T.Fatalf("%s is answered %d: %s", says, a.Status, a.Body)
	} else if c.channel == "site-chat" || c.channel == "shop-chat" {
		var given struct{ ID string }
		housetest.Must(c.d.T, json.Unmarshal([]byte(a.Body), &given))
		return c.d.decided(given.ID)
	}
	return c.d.arrived(c.channel, says)
}

// refusedBy sends a message and returns when the rule has refused it: the door
// says so, the other channels acknowledge it and keep nothing but that.
func (c *customer) refusedBy(rule, says string) {
	c.d.T.Helper()
	a := c.sends(c.d.place + " " + says)
	if strings.HasSuffix(c.channel, "-chat") {
		if a.Status != http.StatusForbidden || a.Body != `{"reason":"banned"}` {
			c.d.T.Fatalf("a banned visitor is answered %d: %s", a.Status, a.Body)
		}
		return
	}
	if a.Status/100 != 2 {
		c.d.T.Fatalf("a banned sender is answered %d: %s", a.Status, a.Body)
	}
	c.d.refused(c.channel, rule)
}

// widget is what the door tells a visitor's widget.
func (c *customer) widget() standing {
	c.d.T.Helper()
	a, err := c.d.Ask(http.MethodGet, "/chat/"+c.channel+"/standing?visitor_id="+c.address+"&locale="+c.locale, "", "X-Forwarded-For", c.ip)
	housetest.Must(c.d.T, err)
	return read[standing](c.d.T, a, http.StatusOK)
}
