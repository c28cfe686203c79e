package oauth

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// An account is a Google service account that acts for a user of its domain.
type account struct {
	email, keyID, tokenURL string
	key                    *rsa.PrivateKey
	subject, scope         string
}

// readAccount reads the file that Google gives with the key.
func readAccount(s Settings, user string) (*account, error) {
	b, err := os.ReadFile(s.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("oauth2: key_file: %w", err)
	}
	var file struct {
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		TokenURL string `json:"token_uri"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("oauth2: key_file %s is no JSON", s.KeyFile)
	}
	key, err := privateKey(file.Key)
	if err != nil || file.Email == "" {
		return nil, fmt.Errorf("oauth2: key_file %s is not the key of a service account: it wants client_email and private_key (RSA, PKCS #8)", s.KeyFile)
	}
	a := &account{email: file.Email, keyID: file.KeyID, key: key, tokenURL: s.TokenURL, subject: s.Subject, scope: strings.Join(s.Scopes, " ")}
	if a.subject == "" {
		a.subject = user
	}
	if file.TokenURL != "" {
		if !private(file.TokenURL) {
			return nil, fmt.Errorf("oauth2: key_file %s: token_uri is no https address", s.KeyFile)
		}
		a.tokenURL = file.TokenURL
	}
	return a, nil
}

func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("no RSA key")
	}
	return key, nil
}

// assertion is a signed word of the account at a time, good for half an hour
// (RFC 7523 §3): Google takes an hour at most, from a minute ago on.
func (a *account) assertion(now time.Time) (string, error) {
	header := map[string]string{"alg": "RS256", "typ": "JWT", "kid": a.keyID}
	claims := map[string]any{"iss": a.email, "sub": a.subject, "scope": a.scope, "aud": a.tokenURL,
		"iat": now.Add(-10 * time.Second).Unix(), "exp": now.Add(30 * time.Minute).Unix()}
	text := part(header) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), err
}

func part(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// maxSkew is by how much this machine's clock may differ from the provider's
// before that is taken for the cause of a refusal.
const maxSkew = 30 * time.Second

// byAccount exchanges an assertion. Should it be refused while the provider's
// clock differs from ours, it is made once more by the provider's.
func (c *Client) byAccount(ctx context.Context) (*oauth2.Token, error) {
	t, err := c.assert(ctx, c.now())
	theirs, differs := c.clockOf(err)
	if !hasCode(err, "invalid_grant") || !differs {
		return t, c.judge(err)
	}
	off := c.now().Sub(theirs).Round(time.Second)
	if t, err = c.assert(ctx, theirs); err != nil {
		err = fmt.Errorf("this machine's clock differs from the provider's by %v: %w", off, c.judge(err))
	}
	return t, err
}

func (c *Client) assert(ctx context.Context, now time.Time) (*oauth2.Token, error) {
	assertion, err := c.account.assertion(now)
	if err != nil {
		return nil, err
	}
	return (&clientcredentials.Config{TokenURL: c.account.tokenURL, AuthStyle: oauth2.AuthStyleInParams, EndpointParams: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion},
	}}).Token(context.WithValue(ctx, oauth2.HTTPClient, c.http))
}

// clockOf is the time of a provider that refused something, where it differs
// from ours.
func (c *Client) clockOf(err error) (theirs time.Time, differs bool) {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response == nil {
		return theirs, false
	}
	theirs, err = http.ParseTime(refused.Response.Header.Get("Date"))
	return theirs, err == nil && c.now().Sub(theirs).Abs() > maxSkew
}
