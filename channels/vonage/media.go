package vonage

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/channels"
)

// tokenLife is for how long a token that asks for a file is good.
const tokenLife = 5 * time.Minute

// mediaHosts have the files that came in, by region. They alone are told who asks.
var mediaHosts = []string{"api.nexmo.com", "api-us.nexmo.com", "api-eu.nexmo.com", "api-ap.nexmo.com",
	"api-us.vonage.com", "api-eu.vonage.com", "api-ap.vonage.com"}

// openMedia fetches files by their URL, which is all that is needed unless the
// application has its media secured.
func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode)
	if err != nil {
		return nil, err
	}
	media := channels.MediaAt{Hosts: mediaHosts}
	if base, err := url.Parse(s.APIBase); err == nil {
		media.Hosts = append(media.Hosts[:len(media.Hosts):len(media.Hosts)], base.Host)
	}
	for _, pem := range s.PrivateKey {
		key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(pem))
		if err != nil {
			return nil, fmt.Errorf("private_key: %w", err)
		}
		media.Credentials = append(media.Credentials, asks{s.ApplicationID, key, host.Now}.credential)
	}
	return media, nil
}

// asks proves that an application asks.
type asks struct {
	application string
	key         *rsa.PrivateKey
	now         func() time.Time
}

// credential puts a token on a request, made for it.
func (a asks) credential(r *http.Request) {
	now := a.now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"application_id": a.application, "iat": now.Unix(), "exp": now.Add(tokenLife).Unix(), "jti": fmt.Sprint(now.UnixNano()),
	}).SignedString(a.key)
	if err == nil { // else it is asked for without, and denied
		r.Header.Set("Authorization", "Bearer "+token)
	}
}
