package smpp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels"
)

// config is a channel's settings as the configuration file has them.
type config struct {
	Addresses addresses `yaml:"addresses"` // host or host:port of the centre, one or several: the first that lets us in is used. Default port: 2775, with tls 3550
	TLS       bool      `yaml:"tls"`       // encrypted from the first octet, the centre's certificate checked; without it the password goes in the clear
	CAFile    string    `yaml:"ca_file"`   // certificates to trust instead of the system's (PEM)

	SystemID     string           `yaml:"system_id"`     // as the centre knows us
	Password     channels.Secrets `yaml:"password"`      // the centre's for it; a list while it is changed
	SystemType   string           `yaml:"system_type"`   // where the centre wants one
	Bind         string           `yaml:"bind"`          // transceiver, or receiver where another program sends by the same account
	Binds        int              `yaml:"binds"`         // sessions at a time, at most 10
	AddressRange string           `yaml:"address_range"` // the numbers whose messages are wanted, as the centre writes ranges; "": all of the account

	DefaultCharset string `yaml:"default_charset"` // what data_coding 0 means at this centre: gsm7-unpacked (default), gsm7-packed, latin1, ascii, utf8 or ucs2

	Window         int           `yaml:"window"`          // messages taken before the first of them is answered; what is delivered beyond is asked for again
	EnquireEvery   time.Duration `yaml:"enquire_every"`   // silence after which the centre is asked whether it is there
	AnswerTimeout  time.Duration `yaml:"answer_timeout"`  // how long it may take to answer
	ConnectTimeout time.Duration `yaml:"connect_timeout"` // for dialling and TLS
	// RedeliveredWithin is for how long a message that says the same as one of
	// which nobody knows whether its answer arrived is taken for it.
	RedeliveredWithin time.Duration `yaml:"redelivered_within"`

	charset charset
	tls     *tls.Config // nil: none
}

const (
	bindsTransceiver = "transceiver"
	bindsReceiver    = "receiver"

	plainPort = "2775"
	tlsPort   = "3550"
)

// addresses is a setting that takes one address or a list.
type addresses []string

// UnmarshalYAML reads a string or a list of strings.
func (a *addresses) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*a = addresses{one}
		return nil
	}
	var many []string
	err := unmarshal(&many)
	*a = many
	return err
}

// readConfig takes the settings and completes them, and says everything that
// is wrong at once.
func readConfig(decode channels.Settings) (*config, error) {
	c := &config{
		Bind: bindsTransceiver, Binds: 1, Window: 100, EnquireEvery: 30 * time.Second, AnswerTimeout: 10 * time.Second,
		ConnectTimeout: 10 * time.Second, RedeliveredWithin: time.Hour,
	}
	if err := decode(c); err != nil {
		return nil, err
	}
	return c, errors.Join(c.checkAddresses(), c.checkAccount(), c.checkLimits(), c.readTLS())
}

func (c *config) checkAddresses() error {
	if len(c.Addresses) == 0 {
		return errors.New("addresses must be said: the centre's, host:port")
	}
	for i, a := range c.Addresses {
		host, port, err := net.SplitHostPort(a)
		if err != nil {
			host, port = strings.Trim(a, "[]"), plainPort
			if c.TLS {
				port = tlsPort
			}
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || strings.ContainsAny(host, "/ \t\r\n") || strings.Contains(host, ":") && net.ParseIP(host) == nil {
			return fmt.Errorf("addresses: %q: want host or host:port", a)
		}
		c.Addresses[i] = net.JoinHostPort(host, port)
		if slices.Contains(c.Addresses[:i], c.Addresses[i]) {
			return fmt.Errorf("addresses: %q stands there twice", a)
		}
	}
	return nil
}

func (c *config) checkAccount() error {
	if c.SystemID == "" || len(c.Password) == 0 {
		return errors.New("system_id and password must be said")
	}
	var errs []error
	fits := func(name, value string, most int) {
		if len(value) >= most || strings.Contains(value, "\x00") {
			errs = append(errs, fmt.Errorf("%s: want at most %d characters", name, most-1))
		}
	}
	fits("system_id", c.SystemID, maxAccount)
	fits("system_type", c.SystemType, maxSystemType)
	fits("address_range", c.AddressRange, maxAddressRange)
	for _, p := range c.Password {
		fits("password", p, maxAccount)
	}
	if c.Bind != bindsTransceiver && c.Bind != bindsReceiver {
		errs = append(errs, fmt.Errorf("bind %q: want transceiver or receiver", c.Bind))
	}
	known := false
	if c.charset, known = charsets[strings.ToLower(c.DefaultCharset)]; !known {
		errs = append(errs, fmt.Errorf("default_charset %q: want gsm7-unpacked, gsm7-packed, latin1, ascii, utf8 or ucs2", c.DefaultCharset))
	}
	return errors.Join(errs...)
}

func (c *config) checkLimits() error {
	var errs []error
	within := func(name string, v, least, most any, ok bool) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s %v: want %v to %v", name, v, least, most))
		}
	}
	within("binds", c.Binds, 1, 10, c.Binds >= 1 && c.Binds <= 10)
	within("window", c.Window, 1, 1000, c.Window >= 1 && c.Window <= 1000)
	for name, d := range map[string]time.Duration{
		"enquire_every": c.EnquireEvery, "answer_timeout": c.AnswerTimeout, "connect_timeout": c.ConnectTimeout,
	} {
		within(name, d, time.Second, time.Hour, d >= time.Second && d <= time.Hour)
	}
	within("redelivered_within", c.RedeliveredWithin, time.Minute, 72*time.Hour, c.RedeliveredWithin >= time.Minute && c.RedeliveredWithin <= 72*time.Hour)
	return errors.Join(errs...)
}

// readTLS reads ca_file.
func (c *config) readTLS() error {
	if !c.TLS {
		if c.CAFile != "" {
			return errors.New("ca_file without tls: true")
		}
		return nil
	}
	c.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return fmt.Errorf("ca_file: %w", err)
	}
	c.tls.RootCAs = x509.NewCertPool()
	if !c.tls.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("ca_file: %s holds no certificate", c.CAFile)
	}
	return nil
}

// places names the accounts that a channel binds with: two channels of one
// would each get a part of its messages.
func places(decode channels.Settings) ([]string, error) {
	c, err := readConfig(decode)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, a := range c.Addresses {
		all = append(all, "smpp://"+c.SystemID+"@"+strings.ToLower(a)+"/"+c.AddressRange)
	}
	return all, nil
}

// setup says what the provider must be asked for; see channels.Kind.
func setup(decode channels.Settings, _ channels.Host) ([]string, error) {
	c, err := readConfig(decode)
	if err != nil {
		return nil, err
	}
	lines := []string{
		"smpp://" + c.SystemID + "@" + c.Addresses[0],
		fmt.Sprintf("ask the provider for an SMPP 3.4 account that may bind as %s, %d at a time, and to let this machine's address in", c.Bind, c.Binds),
		"ask what its data_coding 0 means, and set default_charset to that",
		"ask it to deliver again, for a day at least, what is answered with ESME_RX_T_APPN or not at all",
	}
	if !c.TLS {
		lines = append(lines, "tls is off: messages and the password go in the clear; use a private line, or tls: true")
	}
	return lines, nil
}
