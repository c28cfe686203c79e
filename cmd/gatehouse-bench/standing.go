package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// asking is whose standing is asked for at once.
const asking = 1000

// standing measures how long it takes to say how somebody stands, and how 1,000
// do, with 100,000 rules in force: from memory alone, and through the API on the
// loopback, where the token is asked of the database. Every second one who is
// asked about meets a rule. Then it lists the rules to review, of which there
// are none, so that all are looked at. p50 and p99 are of one call, the rates
// are calls a second.
//
// The yardstick is one round trip to the database that reads nothing; it has a
// line too.
func standing(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx, channel{meeting, "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	s := &stand{place: p, rules: b.sized(100_000)}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	defer s.api.stop()
	cases := []struct{ name, does string }{
		{"round-trip", "what reads nothing"}, {"standing", "how one stands, from memory"}, {"standing-1000", "how 1,000 stand, from memory"},
		{"standing-http", "how one stands, by the API"}, {"standing-http-1000", "how 1,000 stand, by the API"}, {"review-http", "which to review, by the API"},
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm,
		contestant{name: cases[0].name, run: calls(300, p.yard.RoundTrip)},
		contestant{name: cases[1].name, run: calls(300, s.foretell(1))}, contestant{name: cases[2].name, run: calls(300, s.foretell(asking))},
		contestant{name: cases[3].name, run: calls(300, s.get)}, contestant{name: cases[4].name, run: calls(100, s.post)},
		contestant{name: cases[5].name, run: calls(20, s.review)})
	if err != nil {
		return nil, err
	}
	violations, err := p.violations(ctx)
	for i, c := range cases {
		l := compare(c.name, fmt.Sprintf("with %d rules: %s", s.rules, c.does), laps[i], "a round trip", laps[0], 0)
		l.found(findings{violations: violations})
		lines = append(lines, l)
	}
	return lines, err
}

// stand is case standing at work.
type stand struct {
	*place
	rules int
	api   *served
	token string
	asked int // so far: nobody is asked about twice in a row
}

// open makes the rules stand, a request of an import each 10,000, and the API
// listen.
func (s *stand) open(ctx context.Context) error {
	for from := 0; from < s.rules; from += 10_000 {
		var items []ingest.RuleItem
		for i := from; i < min(from+10_000, s.rules); i++ {
			items = append(items, ingest.RuleItem{Kind: ingest.Block, Target: ingest.Target{Kind: "visitor", Value: visitorNo(2 * i)},
				Reason: "bench", OnExpiry: ingest.ExpiryKeep})
		}
		if _, err := s.store.ImportRules(ctx, ingest.RuleImport{Items: items, Actor: "bench"}); err != nil {
			return err
		}
	}
	token, err := s.store.CreateToken(ctx, ingest.TokenOrder{Name: "bench", Role: ingest.RoleSupervisor, Rate: 10_000_000, Actor: "bench"})
	if err != nil {
		return err
	}
	s.token = token.Secret
	if err := s.store.Fold(ctx); err != nil { // seals the audit, as a sweeper does
		return err
	}
	if err := s.store.Hear(ctx, &s.judge); err != nil {
		return err
	}
	s.api, err = listen(httpapi.New(httpapi.Options{Store: s.store, Judge: &s.judge, Fresh: time.Hour, Log: slog.New(slog.DiscardHandler)}), 1)
	return err
}

func visitorNo(n int) string { return fmt.Sprintf("visitor-%d", n) }

// next names n people, of whom every second one meets a rule.
func (s *stand) next(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = visitorNo(s.asked % (2 * s.rules))
		s.asked++
	}
	return list
}

func (s *stand) foretell(n int) func(context.Context) error {
	return func(context.Context) error {
		asked := make([]ingest.Asked, n)
		ruled := s.asked%2 == 0
		for i, who := range s.next(n) {
			asked[i] = ingest.Asked{Channel: meeting, Kind: "chat", Family: ingest.Chat,
				Identities: []ingest.Identity{{Kind: "visitor", Value: who, How: ingest.Verified}}}
		}
		for _, told := range s.judge.Foretell(asked, time.Now()) {
			if (told.Rule != nil) != ruled {
				return errors.New("somebody does not stand as the rules say")
			}
			ruled = !ruled
		}
		return nil
	}
}

func (s *stand) get(ctx context.Context) error {
	return s.ask(ctx, http.MethodGet, "/standing?kind=visitor&channel="+meeting+"&value="+s.next(1)[0], nil)
}

func (s *stand) post(ctx context.Context) error {
	var items []map[string]string
	for _, who := range s.next(asking) {
		items = append(items, map[string]string{"kind": "visitor", "channel": meeting, "value": who})
	}
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return err
	}
	return s.ask(ctx, http.MethodPost, "/standing", body)
}

func (s *stand) review(ctx context.Context) error {
	return s.ask(ctx, http.MethodGet, "/rules?review=true", nil)
}

func (s *stand) ask(ctx context.Context, method, path string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, method, s.api.base+httpapi.Prefix+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.api.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the API answers %d: %s", answer.StatusCode, text)
	}
	return err
}

// calls measures n calls a round.
func calls(n int, call func(context.Context) error) func(context.Context, int) (lap, error) {
	return func(ctx context.Context, _ int) (l lap, err error) {
		for range n {
			one, err := timed(1, func() error { return call(ctx) })
			if err != nil {
				return l, err
			}
			l.n, l.took, l.waits = l.n+1, l.took+max(one.took, time.Nanosecond), append(l.waits, one.took)
		}
		return l, nil
	}
}
