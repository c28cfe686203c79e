package channels_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/channels"
)

func TestLoginAsksForOneProof(t *testing.T) {
	login := channels.Login{
		BasicUser: "provider", BasicPassword: channels.Secrets{"new:pass", "old é"},
		HeaderSecret: channels.Secrets{"h1", "h2"}, URLSecret: channels.Secrets{"u1"},
	}
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for _, c := range []struct {
		what, query string
		header      http.Header
		cause       channels.Cause // "": proven
		used        string
	}{
		{"password with a colon", "", http.Header{"Authorization": {basic("provider:new:pass")}}, "", "new:pass"},
		{"old password", "", http.Header{"Authorization": {basic("provider:old é")}}, "", "old é"},
		{"scheme in lower case", "", http.Header{"Authorization": {"b" + basic("provider:new:pass")[1:]}}, "", "new:pass"},
		{"header", "", http.Header{"X-Webhook-Secret": {"h2"}}, "", "h2"},
		{"url", "secret=u1", nil, "", "u1"},
		{"header beside a wrong password", "", http.Header{"X-Webhook-Secret": {"h1"}, "Authorization": {basic("provider:x")}}, "", "h1"},
		{"nothing", "", nil, channels.CauseUnsigned, ""},
		{"wrong password", "", http.Header{"Authorization": {basic("provider:new:pas")}}, channels.CauseSecret, ""},
		{"wrong user", "", http.Header{"Authorization": {basic("Provider:new:pass")}}, channels.CauseSecret, ""},
		{"no colon", "", http.Header{"Authorization": {basic("provider")}}, channels.CauseSecret, ""},
		{"no base64", "", http.Header{"Authorization": {"Basic !"}}, channels.CauseSecret, ""},
		{"password as a token", "", http.Header{"Authorization": {"Bearer new:pass"}}, channels.CauseUnsigned, ""},
		{"twice", "", http.Header{"Authorization": {basic("provider:new:pass"), basic("provider:new:pass")}}, channels.CauseUnsigned, ""},
		{"empty header", "", http.Header{"X-Webhook-Secret": {""}}, channels.CauseUnsigned, ""},
		{"wrong header", "", http.Header{"X-Webhook-Secret": {"u1"}}, channels.CauseSecret, ""},
		{"url twice", "secret=u1&secret=u1", nil, channels.CauseUnsigned, ""},
		{"wrong url", "secret=h1", nil, channels.CauseSecret, ""},
	} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/a?"+c.query, nil)
		r.Header = c.header
		used := ""
		host := channels.Host{Used: func(secret string) { used = secret }}
		err := login.Verify(host, channels.Request{Request: r})
		if (err == nil) != (c.cause == "") || err != nil && channels.CauseOf(err) != c.cause || used != c.used {
			t.Errorf("%s: %v (%q), by %q", c.what, err, channels.CauseOf(err), used)
		}
	}
}

func TestLoginTellsAStranger(t *testing.T) {
	secret := channels.Secrets{"s"}
	for says, l := range map[string]channels.Login{
		"anybody":        {},
		"basic_password": {BasicUser: "u"},
		"go together":    {BasicPassword: secret},
		"colon":          {BasicUser: "a:b", BasicPassword: secret},
	} {
		if err := l.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", l, err, says)
		}
	}
	for _, l := range []channels.Login{{BasicUser: "u", BasicPassword: secret}, {HeaderSecret: secret}, {URLSecret: secret}} {
		if err := l.Check(); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
