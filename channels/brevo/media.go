package brevo

import (
	"context"
	"errors"
	"net/url"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// media fetches files by their tokens, which Brevo alone knows.
type media struct {
	channels.MediaAt
	base *url.URL
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(s.APIBase)
	if err != nil || base.Host == "" {
		return nil, errors.New("api_base: want https://host")
	}
	at := channels.MediaAt{Hosts: []string{base.Host}, Credentials: channels.InHeader("api-key", "", s.APIKey)}
	return media{at, base}, nil
}

// Open asks for the file of a token. Without a key nobody may.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	if len(m.Credentials) == 0 {
		return nil, &safehttp.Fault{Code: safehttp.Denied, Err: errors.New("api_key is not said")}
	}
	f.URL = m.base.JoinPath("v3/inbound/attachments", url.PathEscape(f.ID)).String()
	return m.MediaAt.Open(ctx, client, f)
}
