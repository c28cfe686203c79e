package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

// checked is what the API says of a message's sender.
type checked struct {
	Subject, State, Reason string
	Unproven               bool
	From                   struct{ Value, Name, How string }
	Origin                 *ingest.Origin
}

func (h house) checked(state, name string) (checked, housetest.Message) {
	h.T.Helper()
	m := h.In(state, name)
	var c checked
	h.Read(http.StatusOK, http.MethodGet, "/messages/"+m.ID, nil, &c)
	return c, m
}

// with are the settings of a mailbox, more of them.
func with(b *housetest.Mailbox, name, more string) string {
	return strings.TrimSuffix(b.Channel(name), "}") + ", " + more + "}"
}

// signer signs mail as example.com does.
type signer struct {
	t   *testing.T
	key ed25519.PrivateKey
}

func newSigner(t *testing.T, dns *housetest.DNS) signer {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	dns.Set("s._domainkey.example.com", "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(public))
	dns.Set("_dmarc.example.com", "v=DMARC1; p=reject")
	return signer{t, key}
}

func (s signer) sign(mail string) string {
	s.t.Helper()
	var out bytes.Buffer
	must(s.t, dkim.Sign(&out, strings.NewReader(mail), &dkim.SignOptions{Domain: "example.com", Selector: "s", Signer: s.key}))
	return out.String()
}

// A mailbox's mail is checked by its signature: what holds is verified, what is
// forged is held, and what cannot be checked goes on as if nobody had looked.
func TestSendersAreCheckedBySignature(t *testing.T) {
	t.Parallel()
	dns := housetest.NewDNS(t)
	s := newSigner(t, dns)
	b := housetest.NewMailbox(t)
	h := house{housetest.NewOn(t, localpg.Test(t), "settings: {unverified_sender: hold}\nresolver: "+dns.Address, with(b, "support-mail", "check_dkim: true"))}
	h.Serve()

	b.Deliver("Signed", s.sign(from("Ann <ann@example.com>", "Signed", "Message-ID: <1@example.com>")))
	signed, m := h.checked("conversed", "Signed")
	if signed.From.How != "verified" || signed.Origin == nil || signed.Origin.Check != ingest.CheckPassed {
		t.Errorf("signed: %+v", signed)
	}
	if why := h.Command(0, "why", m.ID); !strings.Contains(why, "signed by example.com") {
		t.Errorf("why does not say by what the sender is known:\n%s", why)
	}

	b.Deliver("Broken", strings.Replace(s.sign(from("Ann <ann@example.com>", "Broken", "Message-ID: <2@example.com>", "In-Reply-To: <1@example.com>")), "Broken "+planted, "Send money "+planted, 1))
	b.Deliver("Unsigned", from("Ann <ann@example.com>", "Unsigned", "Message-ID: <3@example.com>", "In-Reply-To: <1@example.com>"))
	for _, name := range []string{"Broken", "Unsigned"} {
		c, held := h.checked("held", name)
		if !c.Unproven || c.Reason != "unverified_sender" || c.From.How != "header" || c.Origin.Check != ingest.CheckFailed || held.Contact == m.Contact {
			t.Errorf("%s: %+v, contact %s, Ann is %s", name, c, held.Contact, m.Contact)
		}
	}

	dns.Fail(true)
	dns.Set("_dmarc.example.net", "v=DMARC1; p=reject")
	b.Deliver("Unknown", from("Bob <bob@example.net>", "Unknown", "Message-ID: <4@example.net>"))
	if c, _ := h.checked("conversed", "Unknown"); c.Unproven || c.From.How != "header" || c.Origin.Check != ingest.CheckUnknown || !strings.Contains(c.Origin.Says, "temporary") {
		t.Errorf("without a DNS: %+v", c)
	}
}

// What the receiving server found is believed, under its name and at the top.
// Mail that failed is met by rules on its From, but joins nobody.
func TestSendersAreCheckedByTheServer(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, with(b, "support-mail", "auth_serv_id: mx.example.org"))
	h.Serve()
	const ar = "Authentication-Results: mx.example.org; "
	const received = "Received: from a.example.com by mx.example.org; Fri, 20 Nov 2026 09:00:00 +0000"
	pass, fail := "dmarc=pass header.from=example.com", "dmarc=fail (p=reject) header.from=example.com"

	b.Deliver("Passed", from("Ann <ann@example.com>", "Passed", ar+pass, received, "Message-ID: <1@example.com>"))
	c, ann := h.checked("conversed", "Passed")
	if c.From.How != "verified" || c.Origin.Check != ingest.CheckPassed {
		t.Errorf("passed: %+v", c)
	}
	for name, fields := range map[string][]string{
		"Failed":       {ar + fail, received},
		"Forged below": {ar + fail, received, ar + pass},
	} {
		b.Deliver(name, from("Ann <ann@example.com>", name, append(fields, "In-Reply-To: <1@example.com>")...))
		if c, m := h.checked("conversed", name); !c.Unproven || c.Origin.Check != ingest.CheckFailed || m.Contact == ann.Contact || m.Conversation == ann.Conversation {
			t.Errorf("%s: %+v joins %s", name, c, m.Conversation)
		}
	}
	b.Deliver("Another server", from("Ann <ann@example.com>", "Another server", "Authentication-Results: mx.example.net; "+fail, "In-Reply-To: <1@example.com>"))
	if c, m := h.checked("conversed", "Another server"); c.Unproven || c.From.How != "header" || m.Conversation != ann.Conversation {
		t.Errorf("by another server: %+v", c)
	}

	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "block", "target": "email:ann@example.com"}, nil)
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "allow", "target": "email:eve@example.com"}, nil)
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "block", "target": "domain:example.com", "force": true}, nil)
	b.Deliver("Blocked forgery", from("Ann <ann@example.com>", "Blocked forgery", ar+fail))
	b.Deliver("Allowed forgery", from("Eve <eve@example.com>", "Allowed forgery", ar+fail))
	b.Deliver("Allowed", from("Eve <eve@example.com>", "Allowed", ar+pass))
	h.checked("held", "Blocked forgery")
	h.checked("held", "Allowed forgery")
	h.checked("conversed", "Allowed")
}

// The person whom a form or a list names is the sender, of configured ones
// alone, and the trail says why.
func TestFormsAndListsNameThePerson(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, with(b, "support-mail", "reply_to_is_sender: [forms@example.org], rewrites_from: [lists.example.org]"))
	h.Serve()
	b.Deliver("Form", from("Shop <forms@example.org>", "Form", "Reply-To: Ann Lee <ann@example.com>"))
	b.Deliver("List", from("Ann Lee via Talk <talk@lists.example.org>", "List", "X-Original-From: Ann Lee <ann@example.com>", "List-Id: <talk.lists.example.org>"))
	b.Deliver("Mail", from("Ann <ann@example.com>", "Mail"))
	b.Deliver("Stranger", from("Eve <eve@example.net>", "Stranger", "Reply-To: ann@example.com", "X-Original-From: ann@example.com"))
	_, ann := h.checked("conversed", "Mail")
	for name, header := range map[string]string{"Form": "Reply-To", "List": "X-Original-From"} {
		c, m := h.checked("conversed", name)
		if c.From.Value != "ann@example.com" || c.From.Name != "Ann Lee" || c.From.How != "header" || c.Origin.Header != header || m.Contact != ann.Contact {
			t.Errorf("%s: %+v, contact %s, Ann is %s", name, c, m.Contact, ann.Contact)
		}
		if why := h.Command(0, "why", m.ID); !strings.Contains(why, "the sender is named by "+header+", since From is ") {
			t.Errorf("%s: why does not say who named the sender:\n%s", name, why)
		}
	}
	if c, m := h.checked("conversed", "Stranger"); c.From.Value != "eve@example.net" || c.Origin != nil || m.Contact == ann.Contact {
		t.Errorf("a stranger: %+v", c)
	}

	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "ban", "target": "email:ann@example.com"}, nil)
	b.Deliver("Banned", from("Shop <forms@example.org>", "Banned", "Reply-To: Ann Lee <ann@example.com>"))
	housetest.Eventually(t, "the ban meets whom the form names", func() bool {
		for _, m := range h.Messages() {
			if m.State == "refused" {
				return true
			}
		}
		return false
	})
}
