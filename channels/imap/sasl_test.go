package imap

import (
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest"
)

const tokenUser = "support@example.com"

// byToken is a poller of a mailbox that takes access tokens by a mechanism, of
// a client that needs nobody's consent.
func byToken(t *testing.T, mechanism string) (*Poller, *oauthtest.Provider, *housetest.Mailbox) {
	t.Helper()
	p := oauthtest.New(t, tokenUser)
	b := housetest.NewTokenMailbox(t, tokenUser, p.Good, mechanism)
	text := strings.TrimSuffix(strings.Replace(b.TokenChannel("mail", tokenUser, p.Settings("grant: client_credentials")), "name: mail, kind: imap, ", "", 1), "}") + "}"
	poller, err := New(channeltest.Settings([]byte(text)), channeltest.Host())
	must(t, err)
	t.Cleanup(func() { must(t, poller.Close()) })
	return poller.(*Poller), p, b
}

var mechanisms = []string{"XOAUTH2", "OAUTHBEARER"}

func TestSignInByToken(t *testing.T) {
	for _, mechanism := range mechanisms {
		t.Run(mechanism, func(t *testing.T) {
			poller, provider, b := byToken(t, mechanism)
			b.Put(0, 3)
			store := channeltest.NewStore()
			must(t, poll(t, poller, store))
			holds(t, store, 0, 1, 2)
			provider.Expire() // the token that was good is so no longer: it is made anew
			must(t, poller.Close())
			b.Put(3, 5)
			must(t, poll(t, poller, store))
			holds(t, store, 0, 1, 2, 3, 4)
			if says, err := poller.Check(t.Context()); err != nil || !strings.Contains(says, "5 messages") {
				t.Errorf("check: %s, %v", says, err)
			}
		})
	}
}

// A server that takes no token, however new: a person has to look. It is asked
// once a try, and the connection is not used on.
func TestTokensThatAreRefused(t *testing.T) {
	for _, mechanism := range mechanisms {
		t.Run(mechanism, func(t *testing.T) {
			poller, provider, _ := byToken(t, mechanism)
			provider.Owner("other@example.com")
			err := poll(t, poller, channeltest.NewStore())
			if !channels.ReauthNeeded(err) || ingest.Temporary(err) || poller.conn != nil {
				t.Fatalf("%v, needs a person %t, connected %t", err, channels.ReauthNeeded(err), poller.conn != nil)
			}
			for _, says := range []string{"sign-in refused", `status "400"`, `scope "https://mail.example.com/"`, "is IMAP on for " + tokenUser} {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("it does not say %s: %v", says, err)
				}
			}
		})
	}
}

func TestServersWithoutTokens(t *testing.T) {
	poller, _, _ := byToken(t, "PLAIN")
	err := poll(t, poller, channeltest.NewStore())
	if !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "neither XOAUTH2 nor OAUTHBEARER") {
		t.Error(err)
	}
}

// What a server says in its challenge is a stranger's.
func TestRefusalsInAnyWords(t *testing.T) {
	refused := channels.NeedsReauth(&imap.Error{Type: imap.StatusResponseTypeNo, Text: "no"})
	for challenge, says := range map[string]string{
		`{"status":"401","scope":"a"}`:                  `no (the access token is refused, status "401", it wants the scope "a")`,
		`{"status":"` + strings.Repeat("4", 999) + `"}`: `…`,
		`not JSON`:      "no",
		``:              "no",
		`{"status":{}}`: "no",
	} {
		x := &xoauth2{}
		if answer, err := x.Next([]byte(challenge)); len(answer) != 0 || answer == nil || err != nil {
			t.Errorf("%q is answered by %q, %v", challenge, answer, err)
		}
		err := x.explain(refused)
		if !strings.Contains(strings.Replace(err.Error(), `"4444`, "…", 1), says) || len(err.Error()) > 300 || !channels.ReauthNeeded(err) {
			t.Errorf("%q: %v", challenge, err)
		}
	}
	passing := errors.New("connection reset")
	if err := (&xoauth2{refusal: refusalJSON{Status: "400"}}).explain(passing); err != passing {
		t.Error(err)
	}
}

func TestSettingsOfTokens(t *testing.T) {
	const good = "host: mail.example.com\nusername: support\n"
	for name, c := range map[string]struct{ text, says string }{
		"both":        {good + "password: x\noauth2: {provider: google, client_id: y}\n", "password and oauth2 are both set"},
		"no key":      {good + "oauth2: {provider: google, client_id: y}\n", "set seal_key"},
		"no provider": {good + "oauth2: {client_id: y}\n", `oauth2: provider ""`},
		"a typo":      {good + "oauth2: {provder: google}\n", "field provder not found"},
	} {
		_, err := New(channeltest.Settings([]byte(c.text)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
	for name, c := range map[string]struct {
		text string
		asks bool
	}{
		"a password":     {good + "password: x\n", false},
		"a client's own": {good + "oauth2: {provider: custom, grant: client_credentials, client_id: y, client_secret: z, token_url: 'https://id.example.com/t'}\n", false},
	} {
		by, err := consent(channeltest.Settings([]byte(c.text)), channeltest.Host())
		if err != nil || (by != nil) != c.asks {
			t.Errorf("%s: asks %t, %v", name, by != nil, err)
		}
	}
}
