// Package password hashes passwords with argon2id (RFC 9106) and checks them.
//
// A hash carries its parameters, so that they can change: what was hashed with
// others is still checked, and said to be stale. Each check takes tens of
// milliseconds and tens of MiB by design; so few run at once, and others wait.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"gatehouse/ingest"
)

// Cost is what one hash costs.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// Usual is what new hashes cost: the second choice of RFC 9106 §4 with half of
// its memory, since some run at once in what may be a small container.
var Usual = Cost{Memory: 32 << 10, Passes: 3, Threads: 1}

const (
	saltLen = 16
	keyLen  = 32
)

// Hasher hashes and checks. It is safe for concurrent use.
type Hasher struct {
	cost  Cost
	slots chan struct{}
	dummy string
}

// New returns a Hasher of which so many hashes run at once.
func New(cost Cost, parallel int) *Hasher {
	return &Hasher{cost: cost, slots: make(chan struct{}, parallel), dummy: cost.phc(random(saltLen), random(keyLen))}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// patience is how long a check waits for its turn.
const patience = 5 * time.Second

var errBusy = ingest.AsTemporary(errors.New("too many passwords are being checked at once"))

func (h *Hasher) turn(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, errBusy
	}
}

// Hash is the PHC string of a password, with a salt of its own. Its error is
// temporary: too many wait.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := random(saltLen)
	return h.cost.phc(salt, h.cost.key(password, salt, keyLen)), nil
}

// Check reports whether a hash is of the password, and whether it should be
// made anew. An empty hash is of none, and takes the same time.
func (h *Hasher) Check(ctx context.Context, hash, password string) (right, stale bool, err error) {
	release, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	cost, salt, key, err := read(hash)
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(cost.key(password, salt, len(key)), key) == 1
	return right && known, cost != h.cost || len(key) != keyLen, nil
}

func (c Cost) phc(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// key hashes the password in Unicode's form C: keyboards differ.
func (c Cost) key(password string, salt []byte, n int) []byte {
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, c.Passes, c.Memory, c.Threads, uint32(n))
}

var errForm = errors.New("the hash of a password is no argon2id in PHC form")

// read takes a PHC string apart. Its bounds keep a forged one from taking all
// memory.
func read(hash string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errForm
	}
	if _, err := fmt.Sscanf(parts[3]+"\n", "m=%d,t=%d,p=%d\n", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, errForm
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 ||
		c.Memory < 8 || c.Memory > 1<<20 || c.Passes < 1 || c.Passes > 16 || c.Threads < 1 {
		return c, nil, nil, errForm
	}
	return c, salt, key, nil
}

// The bounds of a password: characters at least, octets at most.
const (
	least = 12
	most  = 1024
)

// Allowed says what is wrong with a password that somebody chooses; nil:
// nothing. Length is what counts (NIST SP 800-63B §3.1.1.2).
func Allowed(password, login string) error {
	switch {
	case !utf8.ValidString(password) || len(password) > most:
		return ingest.AsInvalid(fmt.Errorf("password: want text of at most %d octets", most))
	case utf8.RuneCountInString(password) < least:
		return ingest.AsInvalid(fmt.Errorf("password: want at least %d characters", least))
	case login != "" && strings.Contains(strings.ToLower(password), login) && len(password) < len(login)+least/2:
		return ingest.AsInvalid(errors.New("password: is little more than the login"))
	case strings.Trim(password, password[:1]) == "":
		return ingest.AsInvalid(errors.New("password: is one character over and over"))
	}
	return nil
}

// Generate makes a password that need not be remembered.
func Generate() string { return rand.Text() }
