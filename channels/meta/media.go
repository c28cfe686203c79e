package meta

import (
	"context"
	"fmt"
	"net/url"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// storage is where the Graph API says that files are; it wants the same token.
const storage = "lookaside.fbsbx.com"

// Graph is how the Graph API is asked for files.
type Graph struct {
	AccessToken channels.Secrets `yaml:"access_token"` // without one no file can be fetched
	APIBase     string           `yaml:"api_base"`     // the Graph API, with its version
}

// DefaultGraph is where the Graph API is.
func DefaultGraph() Graph { return Graph{APIBase: "https://graph.facebook.com/v23.0"} }

// Media fetches files by their id: the Graph API says where they are.
func (g Graph) Media() (channels.Media, error) {
	base, err := url.Parse(g.APIBase)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("api_base %q: want https://host/version", g.APIBase)
	}
	return media{base: base, ask: safehttp.Ask{Hosts: []string{base.Host, storage}, Secrets: channels.InHeader("Authorization", "Bearer ", g.AccessToken)}}, nil
}

type media struct {
	base *url.URL
	ask  safehttp.Ask
}

// Open asks for a file; see channels.Media.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	where := m.ask
	where.URL = m.base.JoinPath(url.PathEscape(f.ID)).String()
	var at struct {
		URL string `json:"url"`
	}
	if err := client.JSON(ctx, where, &at); err != nil {
		return nil, err
	}
	file := m.ask
	file.URL = at.URL
	return client.Get(ctx, file)
}
