// Package demo shows Gatehouse's main job on a machine of its own making: a
// private Postgres and Redis, a mailbox in memory with mails that a newcomer
// will know, chats, rules, and what comes back out. It tells on one stream
// what happens as it happens, and ends with the books of each channel.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// Options say how the demo runs.
type Options struct {
	Once        bool   // end after the story
	JSON        bool   // print the account as one line on Out
	DatabaseURL string // "": a private Postgres
	RedisURL    string // "": a private Redis
	Version     string
	Out         io.Writer // results
	Story       io.Writer // what happens, for people
	Log         *slog.Logger
}

// Account is what the demo ends with.
type Account struct {
	Channels   []Books `json:"channels"`
	Violations int     `json:"violations"`
}

// Books is the account of one channel, as the demo prints it.
type Books struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Accepted  int64  `json:"accepted"`
	Conversed int64  `json:"conversed"`
	Held      int64  `json:"held"`
	Refused   int64  `json:"refused"`
	Dead      int64  `json:"dead"`
	Purged    int64  `json:"purged"`
	InFlight  int64  `json:"in_flight"`
}

// ErrAccount says that the books do not balance or a law does not hold.
var ErrAccount = errors.New("the account does not balance")

// patience bounds each step of the story, so that a fault ends it.
const patience = 90 * time.Second

// Run tells the story. It returns when it is over (Once), or when ctx ends.
func Run(ctx context.Context, o Options) (err error) {
	t := &teller{w: o.Story}
	servers, err := startServers(ctx, o, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, servers.stop()) }()
	mailbox, err := openMailbox()
	if err != nil {
		return err
	}
	defer mailbox.close()
	cfg, err := configure(servers, mailbox)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, app.Options{Roles: app.AllRoles, Log: o.Log, Version: o.Version})
	if err != nil {
		return err
	}
	defer a.Close()
	return play(ctx, o, t, a, mailbox)
}

// play runs the program and the story on it, and stops the program at the end.
func play(ctx context.Context, o Options, t *teller, a *app.App, m *mailbox) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	addr, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Run(running, func(at string) { addr <- at }) }()
	var told error
	select {
	case err := <-ended:
		return err
	case at := <-addr:
		told = tell(ctx, o, t, a, m, "http://"+at)
	}
	if told == nil && !o.Once {
		t.say("It stays up until Ctrl-C.")
		<-ctx.Done()
	}
	stop()
	err := errors.Join(<-ended, a.ForgetQueue())
	if ctx.Err() != nil && !o.Once {
		told = nil // ended by the user
	}
	return errors.Join(told, err)
}

// configure describes the demo's two channels.
func configure(s *servers, m *mailbox) (config.Config, error) {
	c := config.Default()
	c.DatabaseURL, c.RedisURL, c.Queue = s.databaseURL, s.redisURL, s.queue
	c.HTTP.Listen = freeAddress("127.0.0.1:8080")
	c.Settings = ingest.DefaultSettings()
	c.Settings.BlockContactEnabled = true
	mail, err := config.NewChannel(fmt.Sprintf("{name: support-mail, kind: imap, host: %s, port: %d, tls: none, username: %s, password: %s, start: all, poll_every: 1s}",
		m.host, m.port, mailUser, mailPassword))
	if err != nil {
		return c, err
	}
	chat, err := config.NewChannel(`{name: site-chat, kind: chat, origins: ["https://www.example.com"]}`)
	c.Channels = []config.Channel{mail, chat}
	return c, err
}

// freeAddress is want, or a port that the system chooses if want is taken.
func freeAddress(want string) string {
	l, err := net.Listen("tcp", want)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close() // it was only asked whether it can be had
	return want
}

// account reads the books and asks the laws.
func account(ctx context.Context, a *app.App) (Account, error) {
	list, err := a.Store.Accounts(ctx)
	if err != nil {
		return Account{}, err
	}
	verdict, err := a.Store.Verify(ctx, time.Time{})
	if err != nil {
		return Account{}, err
	}
	acc := Account{Channels: []Books{}, Violations: len(verdict.Violations)}
	for _, b := range list {
		acc.Channels = append(acc.Channels, Books{b.Name, b.Kind, b.Accepted, b.Conversed, b.Held, b.Refused, b.Dead, b.Purged, b.InFlight})
		if !b.Balances() || b.InFlight != 0 {
			err = ErrAccount
		}
	}
	if acc.Violations > 0 {
		err = ErrAccount
	}
	return acc, err
}

func (acc Account) print(w io.Writer) error { return json.NewEncoder(w).Encode(acc) }
