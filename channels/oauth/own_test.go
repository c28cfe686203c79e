package oauth

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/ingest"
)

func TestAClientOfItsOwn(t *testing.T) {
	p := oauthtest.New(t, user)
	s := newSource(t, p, nil, "grant: client_credentials")
	good(t, p, s)
	if yes, err := s.Renewed(t.Context()); yes || err != nil {
		t.Error("renewed:", yes, err)
	}
	p.Next(oauthtest.Away)
	s.Refused(s.access.token)
	fails(t, s, false)
	good(t, p, s)
}

// While a secret is being changed both stand in the configuration.
func TestSecretsOfAClientChange(t *testing.T) {
	p := oauthtest.New(t, user)
	text := strings.Replace(p.Settings("grant: client_credentials"), "client_secret: "+oauthtest.ClientSecret,
		"client_secret: [new-secret, "+oauthtest.ClientSecret+"]", 1)
	client := clientOf(t, text)
	if _, err := client.own(t.Context()); err != nil {
		t.Error(err)
	}
	client = clientOf(t, strings.Replace(text, ", "+oauthtest.ClientSecret, "", 1))
	_, err := client.own(t.Context())
	if !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "client_secret") || strings.Contains(err.Error(), "new-secret") {
		t.Errorf("says %v", err)
	}
}

func clientOf(t *testing.T, text string) *Client {
	t.Helper()
	var s Settings
	must(t, channeltest.Settings([]byte(text))(&s))
	c, err := New(s, user, channels.Host{Channel: "mail", Now: time.Now})
	must(t, err)
	return c
}

var accountKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// keyFile is what Google gives with a service account's key.
func keyFile(t *testing.T, p *oauthtest.Provider) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(accountKey())
	must(t, err)
	b, err := json.Marshal(map[string]string{"client_email": "desk@project.example.com", "private_key_id": "k1", "token_uri": p.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	must(t, err)
	path := filepath.Join(t.TempDir(), "key.json")
	must(t, os.WriteFile(path, b, 0o600))
	return path
}

func TestAServiceAccount(t *testing.T) {
	p := oauthtest.New(t, user)
	c := clientOf(t, "{provider: google, grant: service_account, key_file: "+keyFile(t, p)+"}")
	a, err := c.own(t.Context())
	if err != nil || !p.Good(user, string(a.token)) {
		t.Fatal(err)
	}
	assertion, err := c.account.assertion(time.Now())
	must(t, err)
	parts := strings.Split(assertion, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	must(t, err)
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	must(t, rsa.VerifyPKCS1v15(&accountKey().PublicKey, crypto.SHA256, sum[:], signature))
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	for _, want := range []string{`"sub":"` + user + `"`, `"scope":"https://mail.google.com/"`, `"iss":"desk@project.example.com"`, `"aud":"` + p.URL + `/token"`} {
		if !strings.Contains(string(claims), want) {
			t.Errorf("no %s in %s", want, claims)
		}
	}
	p.Owner("other@example.com")
	if _, err := c.own(t.Context()); !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "may act for that mailbox") {
		t.Errorf("another's mailbox: %v", err)
	}
}

// An assertion is good in a short time only: what counts is the provider's clock.
func TestClocksDiffer(t *testing.T) {
	for name, off := range map[string]time.Duration{"ours is ahead": 2 * time.Hour, "ours is behind": -3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			p := oauthtest.New(t, user)
			c := clientOf(t, "{provider: google, grant: service_account, key_file: "+keyFile(t, p)+"}")
			c.now = func() time.Time { return time.Now().Add(off) }
			a, err := c.own(t.Context())
			if err != nil || !a.good(c.now()) {
				t.Errorf("no token that is good now: %v", err)
			}
			p.Owner("other@example.com")
			if _, err := c.own(t.Context()); !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "clock differs") {
				t.Errorf("it does not speak of the clock: %v", err)
			}
		})
	}
	// For how long a token is good is told as a duration: nobody's clock matters.
	p := oauthtest.New(t, user)
	c := clientOf(t, p.Settings("grant: client_credentials"))
	c.now = func() time.Time { return time.Now().Add(-24 * time.Hour) }
	a, err := c.own(t.Context())
	if err != nil || !a.good(c.now().Add(50*time.Minute)) || a.good(c.now().Add(time.Hour)) {
		t.Errorf("good until %v, %v", a.expires, err)
	}
}

func TestKeyFilesAreRead(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no JSON": {"-----BEGIN", "is no JSON"},
		"no key":  {`{"client_email":"a@example.com"}`, "not the key of a service account"},
		"no PEM":  {`{"client_email":"a@example.com","private_key":"x"}`, "not the key of a service account"},
	} {
		path := filepath.Join(t.TempDir(), "key.json")
		must(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err := New(Settings{Provider: google, Grant: byServiceAccount, KeyFile: path}, user, channels.Host{})
		if err == nil || !strings.Contains(err.Error(), c.says) || ingest.Temporary(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Settings{Provider: google, Grant: byServiceAccount, KeyFile: "/nonexistent.json"}, user, channels.Host{}); err == nil {
		t.Error("no file, no error")
	}
}
