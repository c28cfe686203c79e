package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	pageSize = 100 // Telegram gives no more
	// waits is how long Telegram holds a request until there is an update.
	waits = 50 * time.Second
)

// allowed are the updates that are asked for: signs only come if they are named.
var allowed = []string{"message", "edited_message", "channel_post", "edited_channel_post", "business_message", "edited_business_message",
	"message_reaction", "my_chat_member"}

// question asks for updates: the first is the one with the number Offset or a
// later one, and all before it are forgotten there.
type question struct {
	Offset  int64    `json:"offset,omitempty"`
	Limit   int      `json:"limit"`
	Timeout int      `json:"timeout"` // s
	Allowed []string `json:"allowed_updates"`
}

// poller asks for updates. The cursor is the number of the next one.
type poller struct {
	settings
	api    api
	host   channels.Host
	offset int64
}

func openPoller(decode channels.Settings, host channels.Host) (channels.Poller, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &poller{settings: s, api: newAPI(s, base), host: host}, nil
}

// Poll stores all updates that there are. See channels.Poller.
func (p *poller) Poll(ctx context.Context, in channels.Session) error {
	if !p.polled() {
		return nil
	}
	for {
		n, err := p.page(ctx, in)
		if err != nil || n < pageSize {
			return err
		}
	}
}

// page stores up to a hundred updates, and returns how many there were.
func (p *poller) page(ctx context.Context, in channels.Session) (int, error) {
	at, err := in.Cursor(ctx, "")
	if err != nil {
		return 0, err
	}
	if p.offset, err = offsetOf(at); err != nil {
		return 0, err
	}
	release, err := in.Hold(ctx, answerMost/8)
	if err != nil {
		return 0, err
	}
	defer release()
	result, err := p.api.call(ctx, "getUpdates", question{Offset: p.offset, Limit: pageSize, Allowed: allowed}, 0)
	if err != nil {
		return 0, err
	}
	updates, err := channels.Elements(result)
	if err != nil || len(updates) == 0 {
		return 0, err
	}
	return len(updates), p.take(ctx, in, at, updates)
}

func offsetOf(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		return 0, errors.New("the cursor is no number of an update")
	}
	return n, nil
}

// take stores updates and moves behind the last of them.
func (p *poller) take(ctx context.Context, in channels.Session, at string, updates []json.RawMessage) error {
	next := p.offset
	var b ingest.Batch
	var besides ingest.Besides
	for _, element := range updates {
		var u update
		_ = json.Unmarshal(element, &u) // what cannot be read is kept as it is
		if id, err := strconv.ParseInt(string(u.ID), 10, 64); err == nil {
			next = max(next, id+1)
		}
		a, more := arrivalOf(p.host.Stamp(), element)
		besides.Ignored, besides.Opts = besides.Ignored+more.Ignored+len(more.Opts), append(besides.Opts, more.Opts...)
		if a != nil {
			b.Arrivals = append(b.Arrivals, *a)
		}
	}
	b.Move = &ingest.Move{From: at, To: strconv.FormatInt(next, 10)}
	if _, err := in.Receive(ctx, b); err != nil {
		return err
	}
	p.offset = next
	if besides.Ignored > 0 {
		return in.Count(ctx, besides)
	}
	return nil
}

// Wait returns when there is an update. It is not taken: that is done by asking
// for a later one.
func (p *poller) Wait(ctx context.Context) error {
	if !p.polled() {
		<-ctx.Done()
		return nil
	}
	_, err := p.api.call(ctx, "getUpdates", question{Offset: p.offset, Limit: 1, Timeout: int(waits / time.Second), Allowed: allowed}, waits)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Check looks without taking anything; see channels.Checker.
func (p *poller) Check(ctx context.Context) (string, error) {
	if p.Token == "" {
		return "it has a webhook, and no token to ask with", nil
	}
	result, err := p.api.call(ctx, "getMe", struct{}{}, 0)
	if err != nil {
		return "", err
	}
	var me user
	if json.Unmarshal(result, &me) != nil {
		return "", errors.New("getMe: Telegram names no bot")
	}
	return "the bot is @" + channels.Line(me.Username, 100), nil
}

// Close drops idle connections.
func (p *poller) Close() error {
	p.api.client.CloseIdleConnections()
	return nil
}
