package channels_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/channels"
)

func TestCodesHaveOneSpelling(t *testing.T) {
	for _, bad := range []string{"QUI", "QUJ=", "QQ==\n", "Q Q=", "QR==", "-_8="} {
		if b, err := channels.Base64(bad); err == nil {
			t.Errorf("%q is %q", bad, b)
		}
	}
	if b, err := channels.Base64("QQ=="); err != nil || string(b) != "A" {
		t.Error(b, err)
	}
	if b, err := channels.Hex("4a4A"); err != nil || string(b) != "JJ" {
		t.Error(b, err)
	}
	if _, err := channels.Hex("4"); err == nil {
		t.Error("half an octet is read")
	}
}

// Who set public_url wrongly is told so, and not that the secret is wrong.
func TestAWrongURLIsNamed(t *testing.T) {
	const base = "https://support.example.com/hooks/sms"
	r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "http://inner:8080/hooks/sms?a=%20b", nil)}
	r.Host = "inner:8080"
	r.Header.Set("X-Forwarded-Host", "www.example.com")
	for signed, want := range map[string]channels.Cause{
		base + "?a=%20b": "",
		"http://support.example.com/hooks/sms?a=%20b":   channels.CauseURL,
		"https://support.example.com/hooks/sms/?a=%20b": channels.CauseURL,
		"https://www.example.com/hooks/sms?a=%20b":      channels.CauseURL,
		"http://inner:8080/hooks/sms?a=%20b":            channels.CauseURL,
		"https://elsewhere.example.org/x":               channels.CauseSecret,
		base + "?a=+b":                                  channels.CauseSecret,
	} {
		err := channels.AtURL(base, r, func(address string) bool { return address == signed })
		if err == nil && want == "" {
			continue
		}
		if got := channels.CauseOf(err); got != want {
			t.Errorf("signed %s: %q, %v", signed, got, err)
		}
		if found, _, _ := strings.Cut(signed, "?"); want == channels.CauseURL && !strings.Contains(err.Error(), found+",") {
			t.Errorf("%q does not name %s", err, found)
		}
	}
}

func TestJWT(t *testing.T) {
	now := time.Unix(1795262400, 0)
	h := channels.Host{Now: func() time.Time { return now }}
	secrets := channels.Secrets{"new", "old"}
	token := func(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	good := token(jwt.SigningMethodHS256, []byte("old"), jwt.MapClaims{"exp": at(time.Minute), "n": 90071992547409931})
	claims, err := h.JWT(good, []string{"HS256"}, secrets, time.Second)
	if err != nil || claims["n"] == nil {
		t.Fatal(claims, err)
	}
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
	for name, c := range map[string]struct {
		token string
		want  channels.Cause
	}{
		"other secret": {token(jwt.SigningMethodHS256, []byte("x"), jwt.MapClaims{}), channels.CauseSecret},
		"other method": {token(jwt.SigningMethodHS512, []byte("old"), jwt.MapClaims{}), channels.CauseSecret},
		"no method":    {none, channels.CauseSecret},
		"no token":     {"x", channels.CauseSecret},
		"expired":      {token(jwt.SigningMethodHS256, []byte("new"), jwt.MapClaims{"exp": at(-2 * time.Second)}), channels.CauseClock},
		"not yet":      {token(jwt.SigningMethodHS256, []byte("old"), jwt.MapClaims{"nbf": at(2 * time.Second)}), channels.CauseClock},
		"of tomorrow":  {token(jwt.SigningMethodHS256, []byte("old"), jwt.MapClaims{"iat": at(time.Hour)}), channels.CauseClock},
		"other claims": {parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "." + parts[2], channels.CauseSecret},
	} {
		if claims, err := h.JWT(c.token, []string{"HS256"}, secrets, time.Second); claims != nil || channels.CauseOf(err) != c.want {
			t.Errorf("%s: %v %v", name, claims, err)
		}
	}
}

func TestSignedByEither(t *testing.T) {
	sum := func(secret string) []byte { return channels.MAC(sha256.New, secret, []byte("a"), []byte("b")) }
	secrets := channels.Secrets{"new", "old"}
	for _, secret := range secrets {
		if err := (channels.Host{}).Signed(secrets, sum(secret), sum); err != nil {
			t.Error(err)
		}
	}
	for _, given := range [][]byte{nil, {}, sum("x"), sum("old")[:31]} {
		if err := (channels.Host{}).Signed(secrets, given, sum); channels.CauseOf(err) != channels.CauseSecret {
			t.Errorf("%x: %v", given, err)
		}
	}
	if err := (channels.Host{}).Signed(nil, nil, sum); err == nil {
		t.Error("without a secret anybody is right")
	}
}
