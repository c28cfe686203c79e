package resend

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// api is how Resend is asked for mail and files.
type api struct {
	base  string
	keys  []channels.Credential
	limit int64
}

func (s settings) api() api {
	return api{strings.TrimRight(s.APIBase, "/"), channels.InHeader("Authorization", "Bearer ", s.APIKey), s.MaxMessageBytes}
}

var errAnswer = &safehttp.Fault{Code: safehttp.Server}

// ask is a request below the received mail.
func (a api) ask(path ...string) safehttp.Ask {
	u, err := url.Parse(a.base)
	if err != nil {
		return safehttp.Ask{} // nobody can be asked; the settings were checked
	}
	for i, part := range path {
		path[i] = url.PathEscape(part)
	}
	return safehttp.Ask{
		URL: a.base + "/emails/receiving/" + strings.Join(path, "/"), Secrets: a.keys, Hosts: []string{u.Host}, Limit: a.limit,
	}
}

// mail asks for the fields of a mail. Pictures in its html stay names of files.
func (a api) mail(id string) safehttp.Ask {
	ask := a.ask(id)
	ask.URL += "?html_format=cid"
	return ask
}

// raw asks for what lies at a signed URL: whoever has that needs no key.
func (a api) raw(at string) safehttp.Ask { return safehttp.Ask{URL: at, Limit: a.limit} }

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	return s.api(), err
}

// Open asks where a file lies, and then for it. The id is a mail's, of which the
// whole is meant, or a mail's and one of its files'.
func (a api) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	at, err := a.find(ctx, client, f.ID)
	if err != nil {
		return nil, err
	}
	if at == "" {
		return nil, &safehttp.Fault{Code: safehttp.NotFound}
	}
	return client.Get(ctx, a.raw(at))
}

func (a api) find(ctx context.Context, client channels.MediaClient, id string) (string, error) {
	mail, file, found := strings.Cut(id, "/")
	if found {
		var of struct {
			URL string `json:"download_url"`
		}
		err := client.JSON(ctx, a.ask(mail, "attachments", file), &of)
		return of.URL, err
	}
	answer, err := client.Get(ctx, a.mail(mail)) // it has the text, too: it may be large
	if err != nil {
		return "", err
	}
	defer answer.Close()
	body, err := io.ReadAll(answer)
	if err != nil {
		return "", err
	}
	var e email
	if json.Unmarshal(body, &e) != nil {
		return "", errAnswer
	}
	return e.Raw.URL, nil
}
