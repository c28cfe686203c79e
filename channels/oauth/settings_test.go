package oauth

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"google":                {"{provider: google, client_id: x, client_secret: y}", ""},
		"microsoft":             {"{provider: microsoft, client_id: x, tenant: example.com}", ""},
		"microsoft's client":    {"{provider: microsoft, grant: client_credentials, client_id: x, client_secret: [a, b], tenant: example.com}", ""},
		"custom":                {"{provider: custom, client_id: x, token_url: 'https://id.example.com/token', auth_style: header}", ""},
		"this machine":          {"{provider: custom, client_id: x, token_url: 'http://127.0.0.1:1/token'}", ""},
		"no provider":           {"{client_id: x}", `provider "": want google, microsoft or custom`},
		"no client":             {"{provider: google}", "client_id is missing"},
		"in the clear":          {"{provider: custom, client_id: x, token_url: 'http://id.example.com/token'}", `token_url "http://id.example.com/token": want https`},
		"no token_url":          {"{provider: custom, client_id: x}", "token_url is missing"},
		"known addresses":       {"{provider: google, client_id: x, token_url: 'https://id.example.com/token'}", "are for provider: custom"},
		"no tenant":             {"{provider: microsoft, grant: client_credentials, client_id: x, client_secret: y}", "tenant is missing"},
		"any tenant":            {"{provider: microsoft, grant: client_credentials, client_id: x, client_secret: y, tenant: common}", "tenant is missing"},
		"google's tenant":       {"{provider: google, client_id: x, tenant: y}", "tenant is for provider: microsoft"},
		"no secret":             {"{provider: microsoft, grant: client_credentials, client_id: x, tenant: y}", "client_secret is missing"},
		"an empty secret":       {"{provider: google, client_id: x, client_secret: ''}", "an empty secret"},
		"google's client":       {"{provider: google, grant: client_credentials, client_id: x, client_secret: y}", "use service_account"},
		"microsoft's account":   {"{provider: microsoft, grant: service_account, key_file: x}", "is for provider: google"},
		"no key file":           {"{provider: google, grant: service_account}", "key_file is missing"},
		"subject without":       {"{provider: google, client_id: x, subject: y}", "are for grant: service_account"},
		"password grant":        {"{provider: google, grant: password, client_id: x}", `grant "password": want`},
		"a token for no use":    {"{provider: microsoft, grant: client_credentials, client_id: x, client_secret: y, tenant: z, refresh_token: t}", "refresh_token is for"},
		"a style that is none":  {"{provider: custom, client_id: x, token_url: 'https://id.example.com/t', auth_style: body}", `auth_style "body"`},
		"two faults are both s": {"{provider: custom, auth_style: body}", "token_url is missing\noauth2: auth_style"},
	} {
		var s Settings
		err := channeltest.Settings([]byte(c.text))(&s)
		if err == nil {
			err = s.complete()
		}
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v\nwant %s", name, err, c.says)
		}
		if !s.Given() {
			t.Errorf("%s: not given", name)
		}
	}
	if (Settings{}).Given() {
		t.Error("nothing is given")
	}
	s := Settings{Provider: google, ClientID: "x"}
	if _, err := New(s, user, channels.Host{}); !errors.Is(err, errNoKey) {
		t.Error("without a place to keep the grant:", err)
	}
}

func TestWhatAProviderSaysIsJudged(t *testing.T) {
	answer := func(status int, code string) error {
		return &oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, ErrorCode: code, ErrorDescription: "It says\r\nso. " + strings.Repeat("ä", 999), Body: []byte("planted")}
	}
	for name, c := range map[string]struct {
		err                        error
		person, refused, temporary bool
	}{
		"revoked":               {answer(400, "invalid_grant"), true, true, false},
		"a second factor":       {answer(400, "interaction_required"), true, true, false},
		"the secret expired":    {answer(401, "invalid_client"), true, false, false},
		"a scope it knows not":  {answer(400, "invalid_scope"), true, false, false},
		"invalid, says a 503":   {answer(503, "invalid_grant"), false, false, true},
		"too many":              {answer(429, "invalid_grant"), false, false, true},
		"away":                  {answer(502, ""), false, false, true},
		"a proxy":               {answer(403, ""), false, false, true},
		"it will pass":          {answer(400, "temporarily_unavailable"), false, false, true},
		"a code nobody knows":   {answer(400, "some_error"), false, false, true},
		"the network":           {errors.New("connection reset"), false, false, true},
		"a code without status": {&oauth2.RetrieveError{ErrorCode: "invalid_grant"}, true, true, false},
	} {
		client := &Client{channel: "mail", user: user, settings: Settings{Grant: byRefreshToken}}
		err := client.judge(c.err)
		if channels.ReauthNeeded(err) != c.person || isRefused(err) != c.refused || ingest.Temporary(err) != c.temporary {
			t.Errorf("%s: needs a person %t, refused %t, temporary %t: %v", name, channels.ReauthNeeded(err), isRefused(err), ingest.Temporary(err), err)
		}
		if says := err.Error(); len(says) > 1000 || strings.ContainsAny(says, "\r\n") || strings.Contains(says, "planted") {
			t.Errorf("%s: not fit to be shown: %q", name, says)
		}
		client.settings.Grant = byClient
		if isRefused(client.judge(c.err)) {
			t.Errorf("%s: a grant is refused where there is none", name)
		}
	}
}
