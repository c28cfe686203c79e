package vonage_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/vonage"
	"gatehouse/ingest/safehttp"
)

// asked notes what a file is asked for with.
type asked struct{ safehttp.Ask }

func (a *asked) Get(_ context.Context, ask safehttp.Ask) (*safehttp.Answer, error) {
	a.Ask = ask
	return nil, &safehttp.Fault{Code: safehttp.Type}
}

func (a *asked) JSON(context.Context, safehttp.Ask, any) error { return nil }

// openFile asks for the file of 03-image with the settings.
func openFile(t *testing.T, settings string) *asked {
	t.Helper()
	media, err := vonage.Kind.Media(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	arrivals, _ := channeltest.Parse(t, vonage.Kind, "testdata/03-image.http")
	f, err := vonage.Kind.File(arrivals[0].Raw, 0)
	if err != nil {
		t.Fatal(err)
	}
	var a asked
	if _, err := media.Open(context.Background(), &a, f); err == nil {
		t.Fatal("a file of nothing")
	}
	return &a
}

func TestFilesAreAskedForWithoutCredentials(t *testing.T) {
	a := openFile(t, both)
	if a.URL != "https://api-us.nexmo.com/v3/media/00000000-0000-4000-8000-000000000303" || len(a.Secrets) != 0 {
		t.Errorf("asked %s with %d secrets", a.URL, len(a.Secrets))
	}
}

func TestSecuredFilesAreAskedForAsTheApplication(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	a := openFile(t, fmt.Sprintf("{signature_secret: s, application_id: app-1, private_key: %q}", text))
	if len(a.Secrets) != 1 || len(a.Hosts) == 0 {
		t.Fatalf("%+v", a.Ask)
	}
	for _, host := range a.Hosts {
		if !strings.HasSuffix(host, ".nexmo.com") && !strings.HasSuffix(host, ".vonage.com") {
			t.Errorf("the token goes to %s", host)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.Secrets[0](r)
	claims := jwt.MapClaims{}
	given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	_, err = jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(channeltest.Host().Now)).ParseWithClaims(given, claims,
		func(*jwt.Token) (any, error) { return &key.PublicKey, nil })
	if err != nil || claims["application_id"] != "app-1" {
		t.Errorf("the token claims %v, %v", claims, err)
	}
}

func TestAKeyThatIsNone(t *testing.T) {
	_, err := vonage.Kind.Media(channeltest.Settings([]byte("{signature_secret: s, application_id: a, private_key: no key}")), channels.Host{})
	if err == nil || !strings.Contains(err.Error(), "private_key") || strings.Contains(err.Error(), "no key") {
		t.Errorf("%v", err)
	}
}
