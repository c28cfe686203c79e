package telegram

import (
	"bytes"
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
	"gatehouse/ingest/safehttp"
)

const (
	apiTimeout = 30 * time.Second
	answerMost = 32 << 20
)

// api is the Bot API. The bot's token is in each address: none is ever logged or
// in an error.
type api struct {
	base   *url.URL
	token  string
	client *http.Client
}

func newAPI(s settings, base *url.URL) api {
	return api{base: base, token: s.Token, client: &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}}
}

// answer is what every method answers.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
}

// call runs a method, which may take the given time and as long as the network
// needs.
func (a api) call(ctx context.Context, method string, with any, takes time.Duration) (json.RawMessage, error) {
	body, err := json.Marshal(with)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, takes+apiTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base.JoinPath("bot"+a.token, method).String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("api_base and token make no address")
	}
	r.Header.Set("Content-Type", "application/json")
	w, err := a.client.Do(r)
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("%s: %w", method, inside(err)))
	}
	defer w.Body.Close()
	text, err := io.ReadAll(io.LimitReader(w.Body, answerMost))
	var out answer
	if err != nil || json.Unmarshal(text, &out) != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("%s: Telegram answers %s and no JSON", method, w.Status))
	}
	return out.Result, out.failure(method)
}

// inside is what went wrong without the address, which has the token.
func inside(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// failure says what an answer refuses, and who can mend it.
func (a answer) failure(method string) error {
	if a.OK {
		return nil
	}
	err := fmt.Errorf("%s: Telegram answers %d %s", method, a.Code, channels.Line(a.Description, 200))
	switch a.Code {
	case http.StatusUnauthorized, http.StatusNotFound:
		return channels.NeedsReauth(fmt.Errorf("%w: is token the bot's?", err))
	case http.StatusConflict:
		return ingest.AsTemporary(fmt.Errorf("%w: the bot has a webhook (deleteWebhook), or somebody else polls it", err))
	case http.StatusTooManyRequests:
		return channels.Throttled(err)
	}
	return ingest.AsTemporary(err)
}

// media fetches files: an id is asked where it is, for an hour.
type media struct {
	base  *url.URL
	token string
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return media{base, s.Token}, nil
}

// Open asks for a file; see channels.Media.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	where := m.base.JoinPath("bot"+m.token, "getFile")
	where.RawQuery = url.Values{"file_id": {f.ID}}.Encode()
	var at struct {
		Result struct {
			Path string `json:"file_path"`
		} `json:"result"`
	}
	if err := client.JSON(ctx, safehttp.Ask{URL: where.String()}, &at); err != nil {
		return nil, err
	}
	return client.Get(ctx, safehttp.Ask{URL: m.base.JoinPath("file", "bot"+m.token, at.Result.Path).String()})
}
