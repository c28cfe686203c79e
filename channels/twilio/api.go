package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	apiTimeout = 30 * time.Second
	pageSize   = "500" // Twilio gives at most 1,000
	pageLimit  = 16 << 20
)

// api is Twilio's REST API of 2010-04-01, as far as it lists messages.
type api struct {
	base    *url.URL
	account string
	tokens  channels.Secrets
	client  *http.Client
}

func newAPI(s settings) (api, error) {
	base, err := url.Parse(s.APIBase)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return api{}, fmt.Errorf("api_base %q: want https://host", s.APIBase)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := &http.Client{Timeout: apiTimeout, CheckRedirect: stay, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	return api{base: base, account: s.AccountSID, tokens: s.AuthToken, client: client}, nil
}

// first is the address of the newest messages. DateSent counts in whole days.
func (a api) first(number string, from time.Time) string {
	query := url.Values{"DateSent>": {from.Format(time.DateOnly)}, "PageSize": {pageSize}}
	if number != "" {
		query.Set("To", number)
	}
	return a.base.JoinPath("2010-04-01/Accounts", a.account, "Messages.json").String() + "?" + query.Encode()
}

// get reads one page, with the first auth token that Twilio takes.
func (a api) get(ctx context.Context, address string) (body []byte, err error) {
	for _, token := range a.tokens {
		if body, err = a.try(ctx, address, token); !channels.ReauthNeeded(err) {
			break
		}
	}
	return body, err
}

func (a api) try(ctx context.Context, address, token string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	r.SetBasicAuth(a.account, token)
	w, err := a.client.Do(r)
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("list messages: %w", err))
	}
	defer w.Body.Close()
	switch {
	case w.StatusCode == http.StatusUnauthorized || w.StatusCode == http.StatusForbidden:
		return nil, channels.NeedsReauth(fmt.Errorf("list messages: Twilio answers %s", w.Status))
	case w.StatusCode != http.StatusOK:
		return nil, ingest.AsTemporary(fmt.Errorf("list messages: Twilio answers %s", w.Status))
	}
	body, err := io.ReadAll(io.LimitReader(w.Body, pageLimit+1))
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("list messages: the page ended early: %w", err))
	}
	if len(body) > pageLimit {
		return nil, fmt.Errorf("list messages: a page has more than %d octets", pageLimit)
	}
	return body, nil
}

// page reads the rows of a page and the address of the next one, "" at the
// end. The next page must be Twilio's own: it is asked with credentials.
func (a api) page(body []byte) (rows []row, next string, err error) {
	var p struct {
		Messages []json.RawMessage `json:"messages"`
		Next     *string           `json:"next_page_uri"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.Messages == nil {
		return nil, "", errors.New("list messages: the answer is no page of messages")
	}
	for _, raw := range p.Messages {
		rows = append(rows, readRow(raw))
	}
	if p.Next == nil || *p.Next == "" {
		return rows, "", nil
	}
	to, err := a.base.Parse(*p.Next)
	if err != nil || to.Host != a.base.Host || to.Scheme != a.base.Scheme {
		return nil, "", errors.New("list messages: the next page is elsewhere")
	}
	return rows, to.String(), nil
}
