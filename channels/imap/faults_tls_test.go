package imap

import (
	"crypto/tls"
	"net"
	"time"
)

// faultsOfTLS begin with a server that is not proven to be the one meant, and
// end when its administrator has mended that.
var faultsOfTLS = []fault{
	overTLS("TLS", modeTLS, "", kept, proven),
	overTLS("STARTTLS", modeStartTLS, "", kept, proven),
	overTLS("certificate expired", modeTLS, "has expired", repeated, expired),
	overTLS("certificate expired, STARTTLS", modeStartTLS, "has expired", repeated, expired),
	overTLS("certificate for another", modeTLS, "is not for 127.0.0.1: set host", repeated, forAnother),
	overTLS("own authority", modeTLS, "name its certificate in ca_file", repeated, ofAnotherAuthority),
	overTLS("own authority, STARTTLS", modeStartTLS, "name its certificate in ca_file", repeated, ofAnotherAuthority),
	overTLS("no STARTTLS", modeStartTLS, "offers no STARTTLS", repeated, none),
	overTLS("plain text on a port for TLS", modeTLS, "speaks no TLS on port", repeated, none),
	overTLS("a handshake that hangs", modeTLS, "check host and port", repeated, hanging),
	{name: "mute at STARTTLS", state: failing, says: "does not answer", pace: repeated, set: starts(modeStartTLS, proven), config: trusts(modeStartTLS), on: at("STARTTLS", mute)},
	{name: "TLS on a port for plain text", state: failing, says: "that port 143 is one for tls: starttls", pace: repeated,
		set: starts(modeStartTLS, proven), config: trusts(modeStartTLS), on: at("GREETING", mute)},
}

// overTLS is a server that has what offers gives it, until it has the right
// certificate.
func overTLS(name, mode, says string, p pace, offers func(s *script)) fault {
	f := fault{name: name, says: says, pace: p, set: starts(mode, offers), config: trusts(mode), mend: func(s *script) { s.certify(s.issued(24*time.Hour), mode == modeTLS) }}
	if says != "" {
		f.state = failing
	}
	return f
}

func starts(mode string, offers func(s *script)) func(*script) {
	return func(s *script) {
		s.signs = newAuthority(s.t)
		s.private = mode == modeTLS
		offers(s)
	}
}

func trusts(mode string) func(*config, *script) {
	return func(c *config, s *script) { c.TLS, c.CAFile, c.Port = mode, s.signs.file, s.port }
}

// issued is a certificate for the server from the authority that is trusted.
func (s *script) issued(lasts time.Duration) *tls.Config {
	return s.signs.issue(s.t, net.IPv4(127, 0, 0, 1), time.Now().Add(lasts))
}

func proven(s *script) { s.tls = s.issued(24 * time.Hour) }

func expired(s *script) { s.tls = s.issued(-time.Hour) }

func none(s *script) { s.private = false }

func forAnother(s *script) {
	s.tls = s.signs.issue(s.t, net.IPv4(127, 0, 0, 2), time.Now().Add(time.Hour))
}

func ofAnotherAuthority(s *script) { s.tls, _ = certificate(s.t, time.Now().Add(time.Hour)) }

func hanging(s *script) {
	s.tls = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		time.Sleep(time.Hour)
		return nil, nil
	}}
}
