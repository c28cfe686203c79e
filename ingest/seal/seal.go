// Package seal keeps secrets unreadable at rest: whoever reads the database, a
// backup or a log has nothing without the key, which lives in the environment
// or a file.
//
// Each secret is sealed with a key of its own (AES-256-GCM), and that key with
// one of the ring's. A sealed secret names the key that opens it, and opens
// only for what it was sealed for: bytes copied to another channel's row, or
// used for another purpose, are refused.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// The errors of Open. Use errors.Is.
var (
	// ErrNoKey: none of the ring's keys has sealed it.
	ErrNoKey = errors.New("it was sealed with a key that is not among seal_key: put that back, as the last one of the list")
	// ErrBroken: it was changed, or sealed for something else.
	ErrBroken = errors.New("the sealed secret does not open: it was changed, or belongs to something else")
)

// What is sealed is: form, id of the ring's key, the own key sealed with that,
// the secret sealed with the own key. What either is sealed with begins with a
// nonce of 12 octets and ends with a tag of 16.
const (
	form      = 1
	idLen     = 8
	keyLen    = 32
	overhead  = 12 + 16
	headLen   = 1 + idLen
	wrapped   = keyLen + overhead
	secretsAt = headLen + wrapped
)

// A Ring is the keys of an installation. Its first one seals, all of them open,
// so that a key can be changed while both are in use. It is safe for
// concurrent use, and prints no key.
type Ring struct{ keys []key }

type key struct {
	id   [idLen]byte
	aead cipher.AEAD
	mac  []byte // signs
}

// New makes a ring of keys as Parse reads them; there is at least one.
func New(texts ...string) (*Ring, error) {
	if len(texts) == 0 {
		return nil, errors.New("no key")
	}
	r := &Ring{}
	for i, text := range texts {
		raw, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("key %d of %d: %w", i+1, len(texts), err)
		}
		k, err := derive(raw)
		if err != nil {
			return nil, err
		}
		if r.find(k.id[:]) != nil {
			return nil, fmt.Errorf("key %d of %d stands there twice", i+1, len(texts))
		}
		r.keys = append(r.keys, k)
	}
	return r, nil
}

// derive makes of a key one for each use of it, and its id, by which nobody
// finds out the key (RFC 5869).
func derive(raw []byte) (k key, err error) {
	part := func(use string, n int) []byte {
		b, e := hkdf.Key(sha256.New, raw, nil, "gatehouse "+use, n)
		err = errors.Join(err, e)
		return b
	}
	copy(k.id[:], part("id", idLen))
	k.mac = part("sign", sha256.Size)
	wrap := part("seal", keyLen)
	if err != nil {
		return k, err
	}
	k.aead, err = gcm(wrap)
	return k, err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (r *Ring) find(id []byte) *key {
	for i := range r.keys {
		if bytes.Equal(r.keys[i].id[:], id) {
			return &r.keys[i]
		}
	}
	return nil
}

// Seal seals a secret with the first key. purpose names what it is for and
// whose it is; it is needed to open it again.
func (r *Ring) Seal(secret []byte, purpose string) ([]byte, error) {
	own := make([]byte, keyLen)
	_, _ = rand.Read(own) // crypto/rand.Read never fails (Go 1.24)
	aead, err := gcm(own)
	if err != nil {
		return nil, err
	}
	k := &r.keys[0]
	blob := append(make([]byte, 0, secretsAt+len(secret)+overhead), form)
	blob = append(blob, k.id[:]...)
	blob = k.aead.Seal(blob, nil, own, bound(blob[:headLen], purpose))
	return aead.Seal(blob, nil, secret, []byte(purpose)), nil
}

// bound is what a wrapped key is bound to: the head before it and the purpose.
func bound(head []byte, purpose string) []byte { return append(bytes.Clone(head), purpose...) }

// Open returns the secret that was sealed for the purpose: ErrNoKey, ErrBroken.
func (r *Ring) Open(blob []byte, purpose string) ([]byte, error) {
	if len(blob) < secretsAt+overhead || blob[0] != form {
		return nil, ErrBroken
	}
	k := r.find(blob[1:headLen])
	if k == nil {
		return nil, ErrNoKey
	}
	own, err := k.aead.Open(nil, nil, blob[headLen:secretsAt], bound(blob[:headLen], purpose))
	if err != nil {
		return nil, ErrBroken
	}
	aead, err := gcm(own)
	if err != nil {
		return nil, ErrBroken
	}
	secret, err := aead.Open(nil, nil, blob[secretsAt:], []byte(purpose))
	if err != nil {
		return nil, ErrBroken
	}
	return secret, nil
}

// Current reports whether a blob was sealed with the first key: others are to
// be sealed anew before their key leaves the ring.
func (r *Ring) Current(blob []byte) bool {
	return len(blob) >= headLen && blob[0] == form && bytes.Equal(blob[1:headLen], r.keys[0].id[:])
}

// Sign signs data for a purpose (HMAC-SHA256) with the first key.
func (r *Ring) Sign(data []byte, purpose string) []byte { return r.keys[0].sign(data, purpose) }

// Signed reports whether one of the ring's keys signed the data for the purpose.
func (r *Ring) Signed(data []byte, purpose string, signature []byte) bool {
	ok := false
	for i := range r.keys {
		if hmac.Equal(r.keys[i].sign(data, purpose), signature) {
			ok = true
		}
	}
	return ok
}

func (k *key) sign(data []byte, purpose string) []byte {
	h := hmac.New(sha256.New, k.mac)
	fmt.Fprintf(h, "%d %s", len(purpose), purpose) // the length keeps it apart from the data
	h.Write(data)
	return h.Sum(nil)
}

// String says how many keys there are, and nothing of them.
func (r *Ring) String() string { return fmt.Sprintf("%d sealing keys", len(r.keys)) }

// GoString is String.
func (r *Ring) GoString() string { return r.String() }
