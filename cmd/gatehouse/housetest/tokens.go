package housetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// NewTokenMailbox makes an empty mailbox that is signed in to with access
// tokens, by these mechanisms, and by a password for Client alone. good tells
// which tokens are the user's.
func NewTokenMailbox(t TB, user string, good func(user, token string) bool, mechanisms ...string) *Mailbox {
	t.Helper()
	return newMailbox(t, func(in session) imapserver.Session { return tokenSession{in, user, good, mechanisms} })
}

// tokenSession takes access tokens.
type tokenSession struct {
	session
	user       string
	good       func(user, token string) bool
	mechanisms []string
}

var _ imapserver.SessionSASL = tokenSession{}

// AuthenticateMechanisms is what the server offers.
func (s tokenSession) AuthenticateMechanisms() []string { return s.mechanisms }

// Authenticate begins an exchange.
func (s tokenSession) Authenticate(string) (sasl.Server, error) { return &tokenServer{session: s}, nil }

// tokenServer is the server's part of XOAUTH2 and of OAUTHBEARER (RFC 7628):
// a token that is no good is answered by a challenge that says why, and after
// the client's empty answer by NO.
type tokenServer struct {
	session tokenSession
	refused bool
}

var errRefused = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAuthenticationFailed, Text: "Invalid credentials"}

// Next takes what the client says.
func (s *tokenServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if s.refused {
		return nil, true, errRefused
	}
	user, token, err := readToken(string(response))
	if err != nil {
		return nil, true, err
	}
	if user != s.session.user || !s.session.good(user, token) {
		s.refused = true
		return []byte(`{"status":"400","schemes":"Bearer","scope":"https://mail.example.com/"}`), false, nil
	}
	return nil, true, s.session.Login(mailboxUser, mailboxPassword)
}

// readToken reads the first message of either mechanism.
func readToken(text string) (user, token string, err error) {
	for i, part := range strings.Split(text, "\x01") {
		switch {
		case i == 0 && strings.HasPrefix(part, "n,a="):
			user = strings.TrimSuffix(strings.TrimPrefix(part, "n,a="), ",")
		case i == 0:
			user = strings.TrimPrefix(part, "user=")
		case strings.HasPrefix(part, "auth=Bearer "):
			token = strings.TrimPrefix(part, "auth=Bearer ")
		}
	}
	if user == "" || token == "" {
		return "", "", errors.New("neither XOAUTH2 nor OAUTHBEARER")
	}
	return user, token, nil
}

// TokenChannel is the mailbox as a channel with a block oauth2.
func (b *Mailbox) TokenChannel(name, user, oauth2 string) string {
	return fmt.Sprintf("{name: %s, kind: imap, host: 127.0.0.1, port: %d, tls: none, username: %s, oauth2: %s, start: all, poll_every: 1s}",
		name, b.Port, user, oauth2)
}

// The user of the servers in memory, whoever a token is for.
const (
	mailboxUser     = "support"
	mailboxPassword = "secret"
)

// newMailbox makes an empty mailbox whose sessions are wrapped.
func newMailbox(t TB, wrap func(session) imapserver.Session) *Mailbox {
	t.Helper()
	b := &Mailbox{t: t, User: imapmemserver.NewUser(mailboxUser, mailboxPassword), ats: map[imap.UID]func(){}}
	Must(t, b.User.Create("INBOX", nil))
	memory := imapmemserver.New()
	memory.AddUser(b.User)
	b.Port, b.cut = startIMAP(t, func() imapserver.Session {
		return wrap(session{memory.NewSession().(imapserver.SessionIMAP4rev2), b})
	})
	return b
}
