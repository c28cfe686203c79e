package imap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
	"gatehouse/ingest"
)

// config is a channel's settings as the configuration file has them.
type config struct {
	Host     string `yaml:"host"`     // name or address, without port
	Port     int    `yaml:"port"`     // default: 993 for tls, else 143
	TLS      string `yaml:"tls"`      // tls (default), starttls, or none (to a loopback address only)
	CAFile   string `yaml:"ca_file"`  // certificates to trust instead of the system's (PEM)
	Username string `yaml:"username"` // as the server knows it
	Password string `yaml:"password"` // or one made for this program, where the provider has such

	OAuth2 oauth.Settings `yaml:"oauth2"` // instead of a password

	Folders         []string `yaml:"folders"`           // default: INBOX. A mail that is moved from one to another arrives again
	Start           string   `yaml:"start"`             // which mail of before is taken: new (default, none), all, or since YYYY-MM-DD
	After           string   `yaml:"after"`             // what is done to mail once it is stored: keep (default), seen, move:FOLDER or delete
	MaxMessageBytes int64    `yaml:"max_message_bytes"` // of a larger mail only the header is read, and it is held; default 50 MiB

	AuthServID      string         `yaml:"auth_serv_id"`       // whose Authentication-Results are believed (RFC 8601 §2.5); "-": those that name no server, as Exchange Online writes them; "": nobody's
	CheckDKIM       bool           `yaml:"check_dkim"`         // where there are none, signatures are verified and the policy of From's domain is asked for; default: no
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender"` // web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from"`      // lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To

	PollEvery      time.Duration `yaml:"poll_every"`      // at the latest, where the server does not say that mail came; default 1m
	ConnectTimeout time.Duration `yaml:"connect_timeout"` // dialling, TLS and greeting; default 30s
	CommandTimeout time.Duration `yaml:"command_timeout"` // silence of the server while it owes an answer; default 1m

	MaxConnections int `yaml:"max_connections"` // to this host at once, of all its channels and each process: more mailboxes take turns. Default: no bound of a host, but 15 of one user at Gmail, 20 at Microsoft 365, 10 elsewhere

	since  time.Time     // Start as a date; zero for new and all
	moveTo string        // the folder of After
	token  ingest.Secret // an access token, for one connection
	child  []string      // the command that reads a mail apart, see ParseChild
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

const (
	modeTLS      = "tls"
	modeStartTLS = "starttls"
	modeNone     = "none"

	startNew = "new"
	startAll = "all"

	afterKeep   = "keep"
	afterSeen   = "seen"
	afterMove   = "move"
	afterDelete = "delete"
)

// read takes the settings and completes them.
func read(settings channels.Settings) (config, error) {
	var c config
	if err := settings(&c); err != nil {
		return c, err
	}
	return c, c.complete()
}

// complete fills in the defaults and says everything that is wrong at once.
func (c *config) complete() error {
	c.defaults()
	return errors.Join(c.checkServer(), c.checkFolders(), c.checkStart(), c.checkAfter(), c.checkLimits())
}

func (c *config) defaults() {
	c.TLS = orDefault(c.TLS, modeTLS)
	if c.Port == 0 {
		c.Port = 143
		if c.TLS == modeTLS {
			c.Port = 993
		}
	}
	if c.Folders == nil {
		c.Folders = []string{"INBOX"}
	}
	c.Start = orDefault(c.Start, startNew)
	c.After = orDefault(c.After, afterKeep)
	c.MaxMessageBytes = orDefault(c.MaxMessageBytes, 50<<20)
	c.PollEvery = orDefault(c.PollEvery, time.Minute)
	c.ConnectTimeout = orDefault(c.ConnectTimeout, 30*time.Second)
	c.CommandTimeout = orDefault(c.CommandTimeout, time.Minute)
	c.dial = new(net.Dialer).DialContext
	if exe, err := os.Executable(); err == nil {
		c.child = []string{exe, ChildCommand}
	}
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// senders is how the channel tells who sent its mail.
func (c *config) senders(host channels.Host) mime.Senders {
	s := mime.Senders{AuthServID: c.AuthServID, Forms: c.ReplyToIsSender, Gateways: c.RewritesFrom, Marks: host.Marks}
	if c.CheckDKIM {
		s.Keys = mime.NewKeys(host.LookupTXT, host.Now)
	}
	return s
}

func (c *config) checkServer() error {
	var errs []error
	say := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.Host == "" {
		say("host is missing")
	} else if strings.ContainsAny(c.Host, "/ \t\r\n") || strings.Contains(c.Host, ":") && net.ParseIP(c.Host) == nil {
		say("host %q: want a name or an address without port", c.Host)
	}
	if c.Port < 1 || c.Port > 65535 {
		say("port %d: want 1 to 65535", c.Port)
	}
	switch c.TLS {
	case modeTLS, modeStartTLS:
	case modeNone:
		if !loopback(c.Host) {
			say("tls: none sends the password in the clear and is for a loopback address only; host is %q", c.Host)
		}
	default:
		say("tls %q: want tls, starttls or none", c.TLS)
	}
	if c.Username == "" {
		say("username is missing")
	}
	switch {
	case c.OAuth2.Given() && c.Password != "":
		say("password and oauth2 are both set: want one of them")
	case !c.OAuth2.Given() && c.Password == "":
		say("password is missing")
	}
	return errors.Join(errs...)
}

func (c *config) checkFolders() error {
	var errs []error
	seen := map[string]bool{}
	for i, f := range c.Folders {
		f = folderName(f)
		c.Folders[i] = f
		switch {
		case f == "":
			errs = append(errs, errors.New("folders: a name is empty"))
		case seen[f]:
			errs = append(errs, fmt.Errorf("folders: %q stands there twice", f))
		}
		seen[f] = true
	}
	if len(c.Folders) == 0 {
		errs = append(errs, errors.New("folders is empty"))
	}
	return errors.Join(errs...)
}

// folderName spells INBOX as the server does: it alone is not case-sensitive
// (RFC 3501 §5.1).
func folderName(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func (c *config) checkStart() error {
	if c.Start == startNew || c.Start == startAll {
		return nil
	}
	var err error
	if c.since, err = time.Parse(time.DateOnly, c.Start); err != nil {
		return fmt.Errorf("start %q: want new, all or a date as 2026-01-31", c.Start)
	}
	return nil
}

func (c *config) checkAfter() error {
	if folder, ok := strings.CutPrefix(c.After, "move:"); ok {
		c.After, c.moveTo = afterMove, folderName(folder)
		for _, f := range c.Folders {
			if f == c.moveTo {
				return fmt.Errorf("after: mail cannot be moved to %q, which is polled", f)
			}
		}
		if folder == "" {
			return errors.New("after: move: names no folder")
		}
		return nil
	}
	switch c.After {
	case afterKeep, afterSeen, afterDelete:
		return nil
	}
	return fmt.Errorf("after %q: want keep, seen, move:FOLDER or delete", c.After)
}

func (c *config) checkLimits() error {
	var errs []error
	if c.MaxMessageBytes < 1<<10 || c.MaxMessageBytes > 1<<30 {
		errs = append(errs, fmt.Errorf("max_message_bytes %d: want 1024 to %d", c.MaxMessageBytes, 1<<30))
	}
	if c.MaxConnections < 0 || c.MaxConnections > 10_000 {
		errs = append(errs, fmt.Errorf("max_connections %d: want 1 to 10000", c.MaxConnections))
	}
	for name, d := range map[string]time.Duration{
		"poll_every": c.PollEvery, "connect_timeout": c.ConnectTimeout, "command_timeout": c.CommandTimeout,
	} {
		if d < time.Second || d > time.Hour {
			errs = append(errs, fmt.Errorf("%s %v: want 1s to 1h", name, d))
		}
	}
	return errors.Join(errs...)
}

// loopback reports whether the host can be nothing but this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
