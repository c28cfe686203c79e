package mailgun

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// mostStored is how many octets the answer with a stored mail may have: Mailgun
// takes 25 MB, and writes it as JSON.
const mostStored = 64 << 20

// storedAt is where a mail that a post tells of is stored, and its name there; ""
// if it is not, or elsewhere than with Mailgun.
func (s settings) storedAt(p post) (address, key string) {
	address = p.own(p.header(), "message-url")
	u, err := url.Parse(address)
	if err != nil || !slices.ContainsFunc(s.StorageHosts, func(host string) bool {
		return u.Host == host || host[0] == '.' && u.Scheme == "https" && strings.HasSuffix(u.Host, host)
	}) {
		return "", ""
	}
	if key = u.Path[strings.LastIndexByte(u.Path, '/')+1:]; key != "" {
		key = "stored:" + channels.Line(key, 200)
	}
	return address, key
}

// fetch is the whole of a stored mail; nil: it cannot be had now, or there is
// none. The error is temporary.
func (h *hook) fetch(r channels.Request, address string) ([]byte, error) {
	if address == "" || len(h.APIKey) == 0 || h.host.Outside == nil {
		return nil, nil
	}
	answer, err := r.Fetch(h.host.Outside, safehttp.Ask{
		URL: address, Header: http.Header{"Accept": {"message/rfc2822"}}, Limit: mostStored,
		Secrets: channels.Basic("api", h.APIKey), Hosts: h.StorageHosts,
	})
	var fault *safehttp.Fault
	switch {
	case errors.As(err, &fault):
		h.host.Log.Warn("stored mail could not be fetched: it is taken as the post tells of it", "channel", h.host.Channel, "why", fault.Code, "status", fault.Status)
		return nil, nil
	case err != nil:
		return nil, err
	}
	var stored struct {
		Mail string `json:"body-mime"`
	}
	if json.Unmarshal(answer, &stored) != nil || stored.Mail == "" {
		return nil, nil
	}
	return []byte(stored.Mail), nil
}

// openMedia fetches the files of stored mail; see channels.Kind.
func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	return channels.MediaAt{Hosts: s.StorageHosts, Credentials: channels.Basic("api", s.APIKey)}, err
}
