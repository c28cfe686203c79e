package smtp

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mime"
)

// config is a channel's settings as the configuration file has them.
type config struct {
	Listen   string `yaml:"listen"`   // address:port, or unix:/path for LMTP; "": only the listeners of others take mail for this channel
	Protocol string `yaml:"protocol"` // smtp (default) or lmtp
	Hostname string `yaml:"hostname"` // how it greets; default: the machine's name

	// Recipients maps addresses to channels of this kind ("": this one): a@example.com,
	// @example.com for all others of a domain, * for all others. An address is
	// also a+anything@example.com. Whom none of them means is refused (550 5.1.1).
	Recipients map[string]string `yaml:"recipients"`
	Banned     string            `yaml:"banned"` // what the client hears of mail that a ban refuses: accept (default), or reject (550 5.7.1)

	TLSCert    string `yaml:"tls_cert"`    // file with the certificate and its chain (PEM), for STARTTLS; read again when it changes
	TLSKey     string `yaml:"tls_key"`     // file with its key (PEM)
	RequireTLS bool   `yaml:"require_tls"` // take no mail without STARTTLS

	AuthServID      string         `yaml:"auth_serv_id"`       // whose Authentication-Results are believed (RFC 8601 §2.5): the server's that delivers; "": nobody's
	CheckDKIM       bool           `yaml:"check_dkim"`         // where there are none, signatures are verified and the policy of From's domain is asked for; default: no
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender"` // web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from"`      // lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To

	AllowFrom       []string      `yaml:"allow_from"`        // networks that may connect; default: this machine (127.0.0.0/8, ::1/128)
	MaxMessageBytes int64         `yaml:"max_message_bytes"` // announced as SIZE (RFC 1870); default 50 MiB
	Oversized       string        `yaml:"oversized"`         // what becomes of larger mail: refuse (552 5.3.4, default), or hold: taken, its header kept, held with the reason size
	MaxConnections  int           `yaml:"max_connections"`   // at a time; default 100
	MaxPerClient    int           `yaml:"max_per_client"`    // of one address at a time; default 20
	Timeout         time.Duration `yaml:"timeout"`           // silence of a client before it is hung up on; default 5m (RFC 5321 §4.5.3.2.7)

	network, address string // of Listen, for package net
	routes           routes
	allowed          []netip.Prefix
}

const (
	protocolSMTP = "smtp"
	protocolLMTP = "lmtp"

	bannedAccept = "accept"
	bannedReject = "reject"

	oversizedRefuse = "refuse"
	oversizedHold   = "hold"
)

// largest is what SIZE announces where larger mail is held, not refused.
const largest = 1 << 30

// read takes the settings of a channel and completes them.
func read(settings channels.Settings, channel string) (config, error) {
	var c config
	if err := settings(&c); err != nil {
		return c, err
	}
	return c, c.complete(channel)
}

// complete fills in the defaults and says everything that is wrong at once.
func (c *config) complete(channel string) error {
	c.defaults()
	if c.Listen == "" {
		return c.checkSilent()
	}
	return errors.Join(c.checkListen(), c.checkRecipients(channel), c.checkTLS(), c.checkClients(), c.checkWords(), c.checkLimits())
}

func (c *config) defaults() {
	c.Protocol = cmp.Or(c.Protocol, protocolSMTP)
	c.Banned = cmp.Or(c.Banned, bannedAccept)
	c.Oversized = cmp.Or(c.Oversized, oversizedRefuse)
	c.MaxMessageBytes = cmp.Or(c.MaxMessageBytes, 50<<20)
	c.MaxConnections = cmp.Or(c.MaxConnections, 100)
	c.MaxPerClient = cmp.Or(c.MaxPerClient, 20)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Minute)
	if c.AllowFrom == nil {
		c.AllowFrom = []string{"127.0.0.0/8", "::1/128"}
	}
	if c.Hostname == "" {
		c.Hostname, _ = os.Hostname() // "": localhost
		c.Hostname = cmp.Or(c.Hostname, "localhost")
	}
}

// senders is how the channel tells who sent its mail.
func (c *config) senders(host channels.Host) mime.Senders {
	s := mime.Senders{AuthServID: c.AuthServID, Forms: c.ReplyToIsSender, Gateways: c.RewritesFrom, Marks: host.Marks}
	if c.CheckDKIM {
		s.Keys = mime.NewKeys(host.LookupTXT, host.Now)
	}
	return s
}

// checkSilent refuses what would have no effect.
func (c *config) checkSilent() error {
	if c.Recipients != nil || c.TLSCert != "" || c.RequireTLS {
		return errors.New("recipients and TLS are for a channel with listen")
	}
	return nil
}

func (c *config) checkListen() error {
	if path, unix := strings.CutPrefix(c.Listen, "unix:"); unix {
		c.network, c.address = "unix", path
		if !filepath.IsAbs(path) || c.Protocol != protocolLMTP {
			return fmt.Errorf("listen %q: a unix socket is for lmtp, and has an absolute path", c.Listen)
		}
		return nil
	}
	c.network, c.address = "tcp", c.Listen
	_, port, err := net.SplitHostPort(c.Listen)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return fmt.Errorf("listen %q: want address:port, or unix:/path for lmtp", c.Listen)
	}
	return nil
}

func (c *config) checkRecipients(channel string) (err error) {
	if len(c.Recipients) == 0 {
		return errors.New("recipients is missing: without any all mail would be refused")
	}
	c.routes, err = newRoutes(c.Recipients, channel)
	return err
}

func (c *config) checkTLS() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("tls_cert and tls_key belong together")
	case c.RequireTLS && c.TLSCert == "":
		return errors.New("require_tls: without tls_cert and tls_key no mail would come")
	}
	return nil
}

func (c *config) checkClients() error {
	var errs []error
	c.allowed = nil
	for _, s := range c.AllowFrom {
		network, err := netip.ParsePrefix(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("allow_from: %q is no network, as 192.0.2.0/24", s))
			continue
		}
		c.allowed = append(c.allowed, network.Masked())
	}
	return errors.Join(errs...)
}

func (c *config) checkWords() error {
	var errs []error
	for _, w := range []struct{ key, is, one, other string }{
		{"protocol", c.Protocol, protocolSMTP, protocolLMTP},
		{"banned", c.Banned, bannedAccept, bannedReject},
		{"oversized", c.Oversized, oversizedRefuse, oversizedHold},
	} {
		if w.is != w.one && w.is != w.other {
			errs = append(errs, fmt.Errorf("%s %q: want %s or %s", w.key, w.is, w.one, w.other))
		}
	}
	if strings.ContainsAny(c.Hostname, " \t\r\n") {
		errs = append(errs, fmt.Errorf("hostname %q: want a name without blanks", c.Hostname))
	}
	return errors.Join(errs...)
}

func (c *config) checkLimits() error {
	var errs []error
	if c.MaxMessageBytes < 64<<10 || c.MaxMessageBytes > largest { // RFC 5321 §4.5.3.1.7: at least 64 KiB
		errs = append(errs, fmt.Errorf("max_message_bytes %d: want 65536 to %d", c.MaxMessageBytes, largest))
	}
	if c.MaxConnections < 1 || c.MaxConnections > 10000 || c.MaxPerClient < 1 {
		errs = append(errs, errors.New("max_connections: want 1 to 10000, and max_per_client at least 1"))
	}
	if c.Timeout < time.Second || c.Timeout > time.Hour {
		errs = append(errs, fmt.Errorf("timeout %v: want 1s to 1h", c.Timeout))
	}
	return errors.Join(errs...)
}
