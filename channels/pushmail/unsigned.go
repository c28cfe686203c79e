package pushmail

import (
	"cmp"

	"gatehouse/channels"
)

// Unsigned are the settings of a channel whose provider signs nothing: it is
// told credentials. An adapter has them inline in its own.
type Unsigned struct {
	channels.Login `yaml:",inline"`
	Settings       `yaml:",inline"`
	PublicURL      string `yaml:"public_url"` // as the provider calls it; nothing signs it
}

// Check returns nil for settings that tell a stranger from the provider.
func (u Unsigned) Check(host channels.Host) error {
	if err := u.Login.Check(); err != nil {
		return err
	}
	_, err := channels.BaseURL(u.PublicURL, host)
	return err
}

// Told is what the provider must be told, a line each: first the URL, last how it
// proves itself.
func (u Unsigned) Told(host channels.Host, where ...string) []string {
	return append(append([]string{cmp.Or(u.PublicURL, host.PublicURL)}, where...), u.Login.Told()...)
}
