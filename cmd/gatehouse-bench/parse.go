package main

import (
	"context"
	"strings"
	"time"

	"gatehouse/channels/mime"
	"gatehouse/cmd/gatehouse-bench/yard"
)

// parse measures how fast mail is read: header, text, what of it is a reply,
// attachments hashed, and what kind of mail it is. The corpus is that of case
// imap. p50 and p99 are of one mail.
//
// The yardstick is go-message on the same bytes: it decodes every part, and
// makes nothing of the header nor of the text.
func parse(ctx context.Context, b *bench) ([]*line, error) {
	mails := corpus(b.sized(2000))
	lost := 0
	ours := contestant{name: "parse", run: func(context.Context, int) (lap, error) {
		l := lap{n: len(mails)}
		begin := time.Now()
		for i, raw := range mails {
			at := time.Now()
			m := mime.Read(raw, mime.Options{})
			l.waits = append(l.waits, time.Since(at))
			if m.MessageID != strings.Trim(mailID(i), "<>") || m.From == nil || m.Text == "" {
				lost++
			}
		}
		l.took = time.Since(begin)
		return l, nil
	}}
	bare := contestant{name: "bare go-message", run: func(context.Context, int) (lap, error) {
		return timed(len(mails), func() error { return yard.DecodeAll(mails) })
	}}
	warm := func(context.Context) error { return nil }
	laps, err := alternate(ctx, b.log, b.rounds, warm, ours, bare)
	if err != nil {
		return nil, err
	}
	l := compare("parse", "mail read", laps[0], "every part decoded by go-message", laps[1], 0.5)
	l.Lost = lost
	return []*line{l}, nil
}
