package ingest

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// User is a person who signs in. What they do is recorded under their login,
// which never changes and is nobody else's.
type User struct {
	ID          int64      `json:"id,string"`
	Login       string     `json:"login"`
	Name        string     `json:"name"`
	Role        Role       `json:"role"`
	TimeZone    string     `json:"time_zone" doc:"an IANA name; empty: the installation's"`
	HasPassword bool       `json:"has_password"`
	Issuer      string     `json:"issuer" doc:"of OpenID Connect; empty: they do not sign in by it"`
	Version     int64      `json:"-"`
	CreatedAt   time.Time  `json:"created_at"`
	DisabledAt  *time.Time `json:"disabled_at"`
	LastSeenAt  *time.Time `json:"last_seen_at"` // to a minute
}

// NewUser asks for a user to be made.
type NewUser struct {
	Login, Name string
	Role        Role
	TimeZone    string
	Password    Secret // its argon2id hash; "": none
	Actor       string
}

// maxLogin bounds a login, in octets.
const maxLogin = 200

// LoginOf is how a login is kept: in small letters, without space around.
// Printable ASCII is allowed, so that no two look alike.
func LoginOf(text string) (string, error) {
	login := strings.ToLower(strings.TrimSpace(text))
	if login == "" || len(login) > maxLogin || strings.ContainsFunc(login, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", AsInvalid(errors.New("login: want a name or mail address of at most 200 ASCII characters, without spaces"))
	}
	return login, nil
}

// Check says what is wrong with a user to be made, the field first.
func (u NewUser) Check() error {
	if !u.Role.AtLeast(RoleAgent) {
		return AsInvalid(fmt.Errorf("role: %q is none of agent, supervisor, admin", u.Role))
	}
	if strings.TrimSpace(u.Name) == "" {
		return AsInvalid(errors.New("name: is empty"))
	}
	return CheckZone(u.TimeZone)
}

// CheckZone wants an IANA name, or nothing.
func CheckZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return AsInvalid(fmt.Errorf("time_zone: %q is no zone of the IANA database", name))
	}
	return nil
}

// UserChange is what changes of a user; nil stays.
type UserChange struct {
	User     int64
	Name     *string
	Role     *Role
	TimeZone *string
	Disabled *bool
	Version  int64 // that it must have; 0: any
	Actor    string
}

// Session is a person's being signed in, in one browser. Only the hash of its
// secret is kept.
type Session struct {
	ID        int64     `json:"id,string"`
	How       string    `json:"how" enum:"password,invitation,oidc"`
	Address   string    `json:"address" doc:"from where it began"`
	Agent     string    `json:"agent" doc:"what the browser calls itself"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"last_used_at"` // to a minute
	EndsAt    time.Time `json:"ends_at" doc:"however often it is used"`
	Current   bool      `json:"current" doc:"it is the one that asks"`
	User      User      `json:"-"`
	Secret    Secret    `json:"-"`
}

// NewSession asks for a session to begin.
type NewSession struct {
	User           int64
	Version        int64 // of the user when they proved who they are: begun only if it stands; 0: whatever it is
	How            string
	Address, Agent string
	EndsAt         time.Time
}

// Invitation lets a person who has no password choose one, once.
type Invitation struct {
	Secret    string    `json:"invitation" doc:"for POST /session/invitation; shown this once"`
	ExpiresAt time.Time `json:"expires_at"`
}

// SignInTry is a try to sign in: for whom, and from where.
type SignInTry struct{ Login, Address string }

// ErrLastAdmin says that nobody would be left who may act as administrator.
var ErrLastAdmin = fmt.Errorf("this is the last administrator: make another one first: %w", ErrConflict)

// Vouched is who somebody is by OpenID Connect. Issuer and subject say that for
// good; the mail address is one that the provider verified, or "".
type Vouched struct {
	Issuer, Subject string
	Email, Name     string
	Role            Role
}

// ErrNobodyClaimed says that who comes by OpenID Connect for the first time
// cannot be made a user.
var ErrNobodyClaimed = errors.New("your mail address is not verified by the provider, or a user who is somebody else has it: ask an administrator")
