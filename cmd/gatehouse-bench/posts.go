package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/channels/chat"
	"gatehouse/ingest"
)

// post is a chat message as a widget sends it.
type post struct {
	ID      string            `json:"id"`
	Visitor string            `json:"visitor_id"`
	Name    string            `json:"name"`
	Text    string            `json:"text"`
	Page    map[string]string `json:"page"`
	Widget  string            `json:"widget"`
	Locale  string            `json:"locale"`
}

// posts are n chat messages of about size octets of text, the same each time;
// round keeps the ids of rounds apart, visitor says who writes the i-th.
func posts(round string, n, size int, visitor func(i int) string) []post {
	words := newWords(round)
	list := make([]post, n)
	for i := range list {
		v := visitor(i)
		list[i] = post{
			ID: fmt.Sprintf("%s-%d", round, i), Visitor: v, Name: "Visitor " + v, Text: words.text(size),
			Page:   map[string]string{"url": "https://www.example.com/orders/" + v, "title": "Your orders", "referrer": ""},
			Widget: "site", Locale: "de-DE",
		}
	}
	return list
}

func (p *post) body() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// sentPost finds a post's id in the raw form that the chat door keeps.
func sentPost(raw []byte) (string, error) {
	var r struct {
		Post struct {
			ID string `json:"id"`
		} `json:"post"`
	}
	err := json.Unmarshal(raw, &r)
	return r.Post.ID, err
}

// words make text that compresses about as prose does.
type words struct{ *rand.Rand }

func newWords(seed string) words {
	var h uint64 = 42
	for _, c := range seed {
		h = h*31 + uint64(c)
	}
	return words{rand.New(rand.NewPCG(42, h))}
}

var vocabulary = strings.Fields(`the order I placed on Monday has not arrived yet and your page says it was delivered could you please look
into it because nobody here has seen a parcel my address is right there should be two boxes one of them large thank you for your help
we waited all morning but the driver did not come again tracking number shows nothing since last week is there a way to change the
payment from card to invoice I also need a copy of the receipt with our company name on it otherwise accounting will complain kind regards`)

func (w words) text(size int) string {
	var b strings.Builder
	b.Grow(size + 16)
	for b.Len() < size {
		if b.Len() > 0 {
			b.WriteByte(" \n"[w.IntN(14)/13])
		}
		b.WriteString(vocabulary[w.IntN(len(vocabulary))])
		if w.IntN(9) == 0 {
			fmt.Fprintf(&b, " %d.", w.IntN(100000))
		}
	}
	return b.String()
}

// chatDoor is the chat adapter behind the program's own way to it, without the
// limits that are meant for single visitors.
func chatDoor(name string, in channels.Intake) (http.Handler, error) {
	settings := func(into any) error { return yaml.Unmarshal([]byte("{visitor_rate: 0, ip_rate: 0}"), into) }
	e, err := channels.NewEndpoint(chat.Kind, settings, hostOf(name), in, nil)
	if err != nil {
		return nil, err
	}
	s := &channels.Server{Log: slog.New(slog.DiscardHandler)}
	s.Serve(e)
	return s, nil
}

func hostOf(channel string) channels.Host {
	return channels.Host{Channel: channel, Log: slog.New(slog.DiscardHandler), Now: time.Now, ClientIP: channels.Proxies{}.ClientIP}
}

// arrivals are the posts as the chat adapter hands them to the store.
func arrivals(channel string, list []post) ([]ingest.Arrival, error) {
	c := &capture{Budget: channels.NewBudget(budget)}
	door, err := chatDoor(channel, c)
	if err != nil {
		return nil, err
	}
	for i := range list {
		r, err := http.NewRequest(http.MethodPost, "/chat/"+channel+"/messages", bytes.NewReader(list[i].body()))
		if err != nil {
			return nil, err
		}
		r.RemoteAddr = "192.0.2.7:5555"
		var a answer
		if door.ServeHTTP(&a, r); a.status != http.StatusAccepted {
			return nil, fmt.Errorf("the chat door answers %d: %s", a.status, a.body.String())
		}
	}
	return c.got, nil
}

// capture is an Intake that keeps what it is given.
type capture struct {
	*channels.Budget
	got []ingest.Arrival
}

func (c *capture) Receive(_ context.Context, list []ingest.Arrival) (ingest.Receipt, error) {
	c.got = append(c.got, list...)
	return ingest.Receipt{Results: make([]ingest.Result, len(list))}, nil
}

func (c *capture) Standing(context.Context, string, []ingest.Identity, string) (ingest.Standing, error) {
	return ingest.StandingUnder(nil), nil
}

// answer is what a handler answered.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
