package twilio

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// media fetches files with the account's credentials, which the API alone is
// told: its answer is a redirect to storage elsewhere.
type media struct {
	channels.MediaAt
	list *url.URL // of the account's messages
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(s.APIBase)
	if err != nil {
		return nil, s.CheckList()
	}
	return media{
		MediaAt: channels.MediaAt{Hosts: []string{base.Host}, Credentials: channels.Basic(s.AccountSID, s.AuthToken)},
		list:    base.JoinPath("2010-04-01/Accounts", url.PathEscape(s.AccountSID), "Messages"),
	}, nil
}

// Open asks for the file, and of a message that came as a row of the list first
// where it is.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (_ *safehttp.Answer, err error) {
	if f.URL == "" {
		if f.URL, err = m.listed(ctx, client, f.ID); err != nil {
			return nil, err
		}
	}
	return m.MediaAt.Open(ctx, client, f)
}

// listed finds the URL of a file in the message's own list of media. The id is
// the message's and the file's place there.
func (m media) listed(ctx context.Context, client channels.MediaClient, id string) (string, error) {
	sid, place, _ := strings.Cut(id, "/")
	ask := safehttp.Ask{Secrets: m.Credentials, Hosts: m.Hosts,
		URL: m.list.JoinPath(url.PathEscape(sid), "Media.json").String() + "?PageSize=" + strconv.Itoa(maxMedia)}
	var list struct {
		Media []struct {
			URI string `json:"uri"` // …/Media/ME….json is about the file …/Media/ME…
		} `json:"media_list"`
	}
	if err := client.JSON(ctx, ask, &list); err != nil {
		return "", err
	}
	n, err := strconv.Atoi(place)
	if err != nil || n < 0 || n >= len(list.Media) {
		return "", &safehttp.Fault{Code: safehttp.NotFound}
	}
	at := *m.list
	at.Path, at.RawPath = strings.TrimSuffix(list.Media[n].URI, ".json"), ""
	return at.String(), nil
}
