package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"gatehouse/channels/mime"
	"gatehouse/cmd/gatehouse-bench/yard"
)

// parse measures how fast mail is read: header, text, what of it is a reply,
// attachments hashed, and what kind of mail it is. The corpus is that of case
// imap, in memory; everyone has one core. p50 and p99 are of one mail.
//
// Against it, on the same bytes, go-message decodes every part and makes
// nothing of the header nor of the text, and enmime reads the header and holds
// text and attachments in memory. Neither looks for quotes, signatures and
// machines, nor hashes.
func parse(ctx context.Context, b *bench) ([]*line, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	mails := corpus(b.sized(2000))
	ours := &corpusReader{mails: mails}
	field := []contestant{{name: "parse", run: ours.lap}, {name: "bare go-message", run: func(context.Context, int) (lap, error) {
		return timed(len(mails), func() error { return yard.DecodeAll(mails) })
	}}}
	enmime, err := newRival(ctx, mails)
	if err != nil {
		fmt.Fprintln(b.log, "parse: enmime is not measured:", err)
	} else {
		defer func() { _ = enmime.remove() }()
		field = append(field, contestant{name: "enmime", run: enmime.lap})
	}
	warm := func(context.Context) error { return nil }
	laps, err := alternate(ctx, b.log, b.rounds, warm, field...)
	if err != nil {
		return nil, err
	}
	lines := []*line{compare("parse", "mail read", laps[0], "every part decoded by go-message", laps[1], 0.5)}
	if len(laps) > 2 {
		lines = append(lines, compare("parse-enmime", "mail read", laps[0], "mail read by enmime", laps[2], 8))
	}
	for _, l := range lines {
		l.Lost = ours.lost
	}
	return lines, nil
}

// corpusReader reads the corpus as Gatehouse does.
type corpusReader struct {
	mails [][]byte
	lost  int // mails of which something was not read
}

func (r *corpusReader) lap(context.Context, int) (lap, error) {
	l := lap{n: len(r.mails)}
	begin := time.Now()
	for i, raw := range r.mails {
		at := time.Now()
		m := mime.Read(raw, mime.Options{})
		l.waits = append(l.waits, time.Since(at))
		if m.MessageID != strings.Trim(mailID(i), "<>") || m.From == nil || m.Text == "" {
			r.lost++
		}
	}
	l.took = time.Since(begin)
	return l, nil
}
