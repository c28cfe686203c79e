// Package config reads Gatehouse's configuration: one YAML file and what lies
// in conf.d beside it, strictly, with ${ENVIRONMENT} and file: for secrets, and
// GATEHOUSE_… variables for scalars. What counts is a flag before the
// environment before the files before the default. A key is set in one file
// only, but for the lists of channels, which are joined.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/seal"
	"gatehouse/queue"
)

// Config is the whole of it. The doc tags are what `serve --help` and the
// README say of each key.
type Config struct {
	DatabaseURL   string           `yaml:"database_url" doc:"Postgres, as a URL"`
	RedisURL      string           `yaml:"redis_url" doc:"Redis, as redis://, rediss://, unix://, redis-sentinel:// or redis-cluster://"`
	Queue         string           `yaml:"queue" doc:"name of the Asynq queue"`
	HTTP          HTTP             `yaml:"http"`
	Media         Media            `yaml:"media"`
	SignIn        SignIn           `yaml:"sign_in"`
	Endpoints     Endpoints        `yaml:"endpoints"`
	TimeZone      string           `yaml:"time_zone" doc:"what 'since Monday' means"`
	DefaultRegion string           `yaml:"default_region" doc:"of numbers that are written without a country, in rules or by providers, as DE"`
	ReplySecret   channels.Secrets `yaml:"reply_secret" doc:"signs reply tokens, by which answers find their conversations, and the mark by which our own mail is known when it comes back; the first of a list signs, all are believed. Empty: there are none"`
	Resolver      string           `yaml:"resolver" doc:"DNS server that is asked for DKIM keys and DMARC policies, address:port; empty: the system's"`
	RawBudget     int64            `yaml:"raw_budget_bytes" doc:"raw messages in memory at once, in bytes"`
	Workers       int              `yaml:"workers" doc:"settles at once"`
	SealKey       seal.Keys        `yaml:"seal_key" doc:"seals what owners of mailboxes grant (oauth2) in the database: 32 random octets in base64, as openssl rand -base64 32 prints them. A list while it is changed: the first one seals, all open"`
	Settings      ingest.Settings  `yaml:"settings" doc:"what a new installation starts with; afterwards the API changes it"`
	Channels      []Channel        `yaml:"channels" doc:"the channels, a list"`
	Retired       []string         `yaml:"retired" doc:"names of channels that were configured once and are no longer in use"`

	file   string           // the main one; "": none
	places map[string]place // where each key is set
}

// HTTP is the one listener.
type HTTP struct {
	Listen         string   `yaml:"listen" doc:"address and port"`
	PublicURL      string   `yaml:"public_url" doc:"how the world reaches it"`
	TrustedProxies []string `yaml:"trusted_proxies" doc:"networks whose X-Forwarded-For is believed"`

	Trusted []netip.Prefix `yaml:"-"`
}

// Media is where files may be fetched from besides https at port 443 of the
// public internet.
type Media struct {
	Allow []string `yaml:"allow" doc:"networks that files may be fetched from though they are private, as 10.1.0.0/16: at any port, and without TLS"`
	Ports []int    `yaml:"ports" doc:"ports that files may be fetched from besides 443"`

	Allowed []netip.Prefix `yaml:"-"`
}

// Endpoints is where events may be posted to besides https at port 443 of the
// public internet.
type Endpoints struct {
	Allow []string `yaml:"allow" doc:"networks that events may be posted to though they are private, as 10.1.0.0/16: at any port, and without TLS"`
	Ports []int    `yaml:"ports" doc:"ports that events may be posted to besides 443"`

	Allowed []netip.Prefix `yaml:"-"`
}

// Channel is one mailbox, number or endpoint. What else its mapping holds is
// its adapter's to read.
type Channel struct {
	Name string
	Kind string
	Was  []string // names that it had before
	// ExpectEvery is how long nothing may come before the channel is silent; 0: that
	// is learnt.
	ExpectEvery time.Duration
	node        *yaml.Node
	file        string
}

// leastSecret is how many characters a secret of ours has at least.
const leastSecret = 16

// Default is what holds where nothing else is said.
func Default() Config {
	return Config{
		RedisURL:  "redis://127.0.0.1:6379/0",
		Queue:     "gatehouse",
		HTTP:      HTTP{Listen: "127.0.0.1:8080"},
		SignIn:    SignIn{Password: true, Idle: 12 * time.Hour, Longest: 7 * 24 * time.Hour, OIDC: OIDC{Scopes: []string{"profile", "email"}}},
		TimeZone:  "UTC",
		RawBudget: 64 << 20,
		Workers:   4,
		Settings:  ingest.DefaultSettings(),
	}
}

// Location is TimeZone as the time package knows it.
func (c *Config) Location() *time.Location {
	loc, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC // check has refused it already
	}
	return loc
}

// Region is DefaultRegion's numbering plan.
func (c *Config) Region() ingest.Region {
	r, _ := ingest.RegionOf(c.DefaultRegion) // check has refused an unknown one already
	return r
}

// PublicURL is the base of what providers call: HTTP.PublicURL, or the listener.
func (c *Config) PublicURL() string {
	if c.HTTP.PublicURL != "" {
		return c.HTTP.PublicURL
	}
	return "http://" + c.HTTP.Listen
}

// check says what is wrong beyond the shape of the files.
func (c *Config) check() error {
	if c.DatabaseURL == "" {
		return errors.New("database_url is not set: set it in the file or as GATEHOUSE_DATABASE_URL")
	}
	if !isURL(c.DatabaseURL, "postgres", "postgresql") {
		return c.keyed("database_url", errors.New("want postgres://user:password@host:port/database"))
	}
	if err := queue.CheckURL(c.RedisURL); err != nil {
		return c.keyed("redis_url", err)
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		return c.keyed("time_zone", fmt.Errorf("%q is no zone of the IANA database", c.TimeZone))
	}
	if _, err := ingest.RegionOf(c.DefaultRegion); err != nil {
		return c.keyed("default_region", err)
	}
	for _, secret := range c.ReplySecret {
		if len(secret) < leastSecret {
			return c.keyed("reply_secret", fmt.Errorf("want at least %d characters: openssl rand -base64 24 makes one", leastSecret))
		}
	}
	if _, err := netip.ParseAddrPort(c.Resolver); err != nil && c.Resolver != "" {
		return c.keyed("resolver", fmt.Errorf("%q: want address:port, as 127.0.0.1:53", c.Resolver))
	}
	if c.RawBudget < 1<<20 {
		return c.keyed("raw_budget_bytes", fmt.Errorf("%d: want at least 1048576", c.RawBudget))
	}
	if _, err := c.SealKey.Ring(); err != nil {
		return c.keyed("seal_key", err)
	}
	if err := c.checkHTTP(); err != nil {
		return err
	}
	if err := c.checkOutside(); err != nil {
		return err
	}
	if err := c.checkSignIn(); err != nil {
		return err
	}
	if err := c.Settings.Check(); err != nil {
		return c.setting(err)
	}
	return c.checkNames()
}

func (c *Config) checkHTTP() error {
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
		return c.keyed("http.listen", fmt.Errorf("%q: want address:port", c.HTTP.Listen))
	}
	if u, err := url.Parse(c.HTTP.PublicURL); err != nil || c.HTTP.PublicURL != "" && (u.Scheme == "" || u.Host == "") {
		return c.keyed("http.public_url", fmt.Errorf("%q: want scheme://host", c.HTTP.PublicURL))
	}
	var err error
	c.HTTP.Trusted, err = c.networks("http.trusted_proxies", c.HTTP.TrustedProxies)
	return err
}

// networks reads a list of networks.
func (c *Config) networks(key string, texts []string) (list []netip.Prefix, err error) {
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, c.keyed(key, fmt.Errorf("%q is no network, as 127.0.0.1/32", text))
		}
		list = append(list, prefix)
	}
	return list, nil
}

// checkOutside reads where files are fetched from and events are posted to.
func (c *Config) checkOutside() (err error) {
	if c.Media.Allowed, err = c.reachable("media", c.Media.Allow, c.Media.Ports); err != nil {
		return err
	}
	c.Endpoints.Allowed, err = c.reachable("endpoints", c.Endpoints.Allow, c.Endpoints.Ports)
	return err
}

func (c *Config) reachable(key string, networks []string, ports []int) ([]netip.Prefix, error) {
	for _, port := range ports {
		if port < 1 || port > 65535 {
			return nil, c.keyed(key+".ports", fmt.Errorf("%d is no port", port))
		}
	}
	return c.networks(key+".allow", networks)
}

// setting is an error of the settings, which begins with the name of one.
func (c *Config) setting(err error) error {
	name, _, _ := strings.Cut(err.Error(), " ")
	if at, ok := c.places["settings."+strings.TrimSuffix(name, ":")]; ok {
		return at.fault(fmt.Errorf("settings: %w", err))
	}
	return fmt.Errorf("settings: %w", err)
}

// isURL reports whether s is a URL of one of the schemes. An error would quote
// the password in it.
func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme)
}
