package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/channels/imap"
	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// mailCase measures how fast a mailbox is taken over: the runner of pollers
// takes the lease, the IMAP adapter connects, lists, fetches and reads all
// mails and stores them with its cursor. The server is go-imap's, in this
// process, and the corpus the same each time. p50 and p99 are of one
// transaction of at most 200 mails.
//
// The yardstick is a bare loop over one connection to the same server: fetch
// 200 bodies, decode every part with go-message, write the same rows by plain
// unnest in one transaction. It knows everything else beforehand and checks
// nothing: not that a mail is new, nor that it came whole. Where the machine has
// mbsync, that copies the same mailbox into a Maildir: a line of its own.
func mailCase(ctx context.Context, b *bench) (lines []*line, err error) {
	m := &mailing{mails: corpus(b.sized(2000)), ledger: map[string]*ledger{}}
	places := []channel{{"yard", "imap", ingest.Email}}
	for round := range b.rounds + 1 {
		places = append(places, channel{mailChannel(round), "imap", ingest.Email})
		m.ledger[mailChannel(round)] = newLedger()
	}
	if m.place, err = b.host.place(ctx, places...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.leave(ctx)) }()
	if m.box, err = newMailbox(m.mails); err != nil {
		return nil, err
	}
	defer m.box.close()
	taken := contestant{name: "imap", run: m.poll}
	bare := contestant{name: "bare loop", prepare: m.like, run: m.bare}
	list, err := m.beside(b, taken, bare)
	if err != nil {
		return nil, err
	}
	laps, err := alternate(ctx, b.log, b.rounds, m.yard.Warm, list...)
	if err != nil {
		return nil, err
	}
	lines = append(lines, compare("imap", "a mailbox taken over", laps[0], "fetching, decoding and plain unnest, 200 at a time", laps[1], 1.2))
	if m.copier != nil {
		lines = append(lines, compare("imap-mbsync", "the same", laps[0], "mbsync into a Maildir", laps[2], 2))
	}
	return lines, m.audit(ctx, b.rounds, lines...)
}

// beside adds mbsync, if there is one.
func (m *mailing) beside(b *bench, list ...contestant) ([]contestant, error) {
	var err error
	if m.copier, err = b.host.findMbsync(); err != nil {
		return nil, err
	}
	if m.copier == nil {
		fmt.Fprintln(b.log, "imap goes without mbsync: install isync")
		return list, nil
	}
	return append(list, contestant{name: "mbsync", prepare: m.awaitCopy, run: m.copy}), nil
}

func (m *mailing) awaitCopy(_ context.Context, round int) error {
	return m.copier.prepare(m.box, round)
}

func (m *mailing) copy(ctx context.Context, round int) (lap, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := timed(len(m.mails), func() error { return m.copier.copy(ctx, round) })
	if err != nil {
		return l, err
	}
	return l, m.copier.clear(round, len(m.mails))
}

// mailChannel is the channel that polls the mailbox in a round.
func mailChannel(round int) string { return fmt.Sprintf("mail-%d", round) }

// mailing is case imap at work.
type mailing struct {
	*place
	mails  [][]byte
	box    *mailbox
	ledger map[string]*ledger // by channel
	copier *mbsync            // nil: there is none

	rows []*yard.Row
	list []yard.Message
}

// poll runs a channel's poller until it has found nothing more.
func (m *mailing) poll(ctx context.Context, round int) (lap, error) {
	name := mailChannel(round)
	poller, err := imap.New(m.settings, hostOf(name))
	if err != nil {
		return lap{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	store := &watched{Store: m.store, ledger: m.ledger[name], done: cancel}
	runner := channels.Runner{
		Channel: name, Family: ingest.Email, Holder: "gatehouse-bench", Poller: poller, Store: store,
		Budget: channels.NewBudget(budget), Log: slog.New(slog.DiscardHandler),
	}
	begin := time.Now()
	runner.Run(ctx)
	if store.err != nil || store.ended.IsZero() {
		return lap{}, fmt.Errorf("the mailbox was not taken over: %w", errors.Join(store.err, ctx.Err()))
	}
	return lap{n: len(m.mails), took: store.ended.Sub(begin), waits: store.waits}, nil
}

func (m *mailing) settings(into any) error {
	return yaml.Unmarshal(fmt.Appendf(nil, "{host: 127.0.0.1, port: %d, tls: none, username: %s, password: %s, start: all}",
		m.box.port, mailUser, mailPassword), into)
}

// watched is the store as a runner sees it, with an eye on what it stores.
type watched struct {
	channels.Store
	ledger *ledger
	done   func()
	waits  []time.Duration
	ended  time.Time
	err    error
}

func (w *watched) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	at := time.Now()
	receipt, err := w.Store.Receive(ctx, b)
	w.waits = append(w.waits, time.Since(at))
	for i := range receipt.Results {
		name, unnamed := sentMail(b.Arrivals[i].Raw)
		w.err = errors.Join(w.err, unnamed, w.ledger.note(name, receipt.Results[i].ID))
	}
	return receipt, err
}

// Report hears that a poll is over.
func (w *watched) Report(ctx context.Context, name string, h ingest.Health) error {
	w.ended = time.Now()
	if h.State != "ok" {
		w.err = errors.Join(w.err, fmt.Errorf("the poller is %s: %s", h.State, h.Error))
	}
	err := w.Store.Report(ctx, name, h)
	w.done()
	return err
}

// sentMail finds a mail's Message-ID.
func sentMail(raw []byte) (string, error) {
	_, rest, _ := bytes.Cut(raw, []byte("\nMessage-ID: "))
	name, _, ok := bytes.Cut(rest, []byte("\r\n"))
	if !ok {
		return "", errors.New("a mail without Message-ID")
	}
	return string(name), nil
}

// like prepares the rows that the bare loop will write.
func (m *mailing) like(ctx context.Context, round int) (err error) {
	if m.rows == nil {
		if m.rows, err = m.yard.Last(ctx, mailChannel(0), len(m.mails)); err != nil {
			return err
		}
	}
	m.list = yard.Messages(m.rows, fmt.Sprint(round))
	return nil
}

func (m *mailing) bare(ctx context.Context, _ int) (lap, error) {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(m.box.port))
	return timed(len(m.list), func() error {
		return m.yard.TakeOver(ctx, yard.Mailbox{Address: address, User: mailUser, Password: mailPassword}, "yard", m.list)
	})
}

// audit compares every round's channel with the corpus.
func (m *mailing) audit(ctx context.Context, rounds int, lines ...*line) error {
	var sum findings
	for round := range rounds + 1 {
		name := mailChannel(round)
		for i := range m.mails {
			m.ledger[name].expect(mailID(i))
		}
		f, err := m.ledger[name].audit(ctx, m.place, name, "", sentMail)
		if err != nil {
			return err
		}
		sum.lost, sum.duplicated = sum.lost+f.lost, sum.duplicated+f.duplicated
		sum.violations = f.violations
	}
	for _, l := range lines {
		l.found(sum)
	}
	return nil
}
