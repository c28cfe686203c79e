package line

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// media fetches contents with the channel's token, which LINE's own host alone
// is told, and only with a message's id: a URL may be of whoever wrote, and could
// lead there to what is others'.
type media struct {
	channels.MediaAt
	base *url.URL
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return media{base: base, MediaAt: channels.MediaAt{
		Hosts: []string{base.Host}, Credentials: channels.InHeader("Authorization", "Bearer ", s.AccessToken),
	}}, nil
}

// Open asks for a file; see channels.Media.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	if f.URL != "" {
		m.Credentials = nil
	} else {
		f.URL = m.base.JoinPath("v2/bot/message", url.PathEscape(f.ID), "content").String()
	}
	answer, err := m.MediaAt.Open(ctx, client, f)
	return answer, notYet(err)
}

// notYet says of an answer 202 what it means: a large video or voice message is
// still being made ready.
func notYet(err error) error {
	var fault *safehttp.Fault
	if errors.As(err, &fault) && fault.Status == http.StatusAccepted {
		return &safehttp.Fault{Code: safehttp.Busy, Status: fault.Status, After: fault.After}
	}
	return err
}
