package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"gatehouse/channels/mime"
	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/console"
	"gatehouse/ingest/httpapi/password"
)

// pages measures the pages of the console as an administrator has them, on a
// desk of a million messages of which 100,000 are held: by one browser, over
// loopback, page by page. p50, p95 and the longest are of one page; bytes are
// those of the page, before and after gzip.
//
// The yardstick is a round trip to the database that reads nothing; the page
// that asks who reads and no more has a line of its own.
func consolePages(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx, channel{"mail", "imap", ingest.Email}, channel{"sms", "twilio", ingest.SMS}, channel{"chat", "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	d := &desk{place: p, n: b.sized(1_000_000)}
	if err := d.open(ctx, b.log); err != nil {
		return nil, err
	}
	defer d.served.stop()
	views, err := d.views(ctx)
	if err != nil {
		return nil, err
	}
	list := []contestant{{name: "a round trip", run: calls(pagesARound, p.yard.RoundTrip)}}
	for i := range views {
		list = append(list, contestant{name: views[i].name, run: calls(pagesARound, func(ctx context.Context) error { return d.read(ctx, &views[i]) })})
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, list...)
	if err != nil {
		return nil, err
	}
	if err := d.store.Fold(ctx); err != nil { // what the pages left in the audit
		return nil, err
	}
	violations, err := p.violations(ctx)
	for i, v := range views {
		l := compare("page "+v.name, v.at, laps[i+1], list[0].name, laps[0], 0)
		w := waits(laps[i+1])
		l.P95, l.Max, l.GoalP95 = round(quantile(w, 0.95), 1), round(quantile(w, 1), 1), 100
		l.Bytes, l.Zipped = len(v.text), zipped(v.text)
		l.found(findings{violations: violations})
		lines = append(lines, l)
	}
	return lines, err
}

// desk is case console at work.
type desk struct {
	*place
	*served
	n int
}

// open fills the desk and lets the console listen; its one reader is signed in.
func (d *desk) open(ctx context.Context, log io.Writer) error {
	if err := d.rules(ctx); err != nil {
		return err
	}
	begin := time.Now()
	if err := d.yard.Desk(ctx, d.n); err != nil {
		return err
	}
	fmt.Fprintf(log, "%d messages written in %s\n", d.n, time.Since(begin).Round(time.Second))
	if err := d.store.Fold(ctx); err != nil { // seals the audit, as a sweeper does
		return err
	}
	_, _, err := d.store.SetSettings(ctx, 0, "bench", func(s *ingest.Settings) error { s.APIRate = 1 << 30; return nil })
	if err != nil {
		return err
	}
	if err := d.store.Hear(ctx, &d.judge); err != nil {
		return err
	}
	hasher := password.New(password.Cost{Memory: 64, Passes: 1, Threads: 1}, 2)
	discard := slog.New(slog.DiscardHandler)
	api := httpapi.New(httpapi.Options{Store: d.store, Judge: &d.judge, Fresh: time.Hour, Log: discard, Show: mime.SafeHTML, SignIn: httpapi.SignIn{Passwords: hasher}})
	if d.served, err = listen(console.New(console.Options{API: api, Log: discard}), 1); err != nil {
		return err
	}
	return d.signIn(ctx, hasher)
}

// rules are 400 blocks and blacklistings of domains.
func (d *desk) rules(ctx context.Context) error {
	var items []ingest.RuleItem
	for i := range 400 {
		kind := ingest.Block
		if i%10 == 7 {
			kind = ingest.Blacklist
		}
		items = append(items, ingest.RuleItem{Kind: kind, Target: ingest.Target{Kind: "domain", Value: fmt.Sprintf("spam%d.example.net", i)},
			Reason: "spam", OnExpiry: ingest.ExpiryKeep})
	}
	_, err := d.store.ImportRules(ctx, ingest.RuleImport{Items: items, Actor: "bench"})
	return err
}

func (d *desk) signIn(ctx context.Context, hasher *password.Hasher) error {
	const word = "correct horse battery"
	hash, err := hasher.Hash(ctx, word)
	if err != nil {
		return err
	}
	if _, err = d.store.CreateUser(ctx, ingest.NewUser{Login: "sue", Name: "Sue", Role: ingest.RoleAdmin, Password: ingest.Secret(hash), Actor: "bench"}); err != nil {
		return err
	}
	if d.client.Jar, err = cookiejar.New(nil); err != nil {
		return err
	}
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{"login": {"sue"}, "password": {word}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := d.client.Do(r)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSeeOther {
		err = fmt.Errorf("sign in: %s", answer.Status)
	}
	return errors.Join(err, answer.Body.Close())
}

// shown is a page, and what was last read of it.
type shown struct {
	name, at string
	text     []byte
}

// read reads a page.
func (d *desk) read(ctx context.Context, v *shown) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+v.at, nil)
	if err != nil {
		return err
	}
	answer, err := d.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if v.text, err = io.ReadAll(answer.Body); err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", v.at, answer.Status)
	}
	return err
}

// zipped is how long a text is after gzip.
func zipped(text []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // a buffer takes all
	_ = w.Close()
	return b.Len()
}
