package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// HashKey makes of an address what remains of it when its owner was erased: a
// rule on it still holds, and nobody who lacks the key finds out the address by
// trying all there are. It is the installation's, and secret.
type HashKey []byte

// Hash is HMAC-SHA256 over the identity's key, as "#" and 64 hexadecimal digits.
func (k HashKey) Hash(kind, value string) string { return "#" + hex.EncodeToString(k.sum(kind, value)) }

// Short is the first 16 octets of the hash: for where one in its table is told
// from another, and no address is looked for by trying.
func (k HashKey) Short(kind, value string) []byte { return k.sum(kind, value)[:16] }

func (k HashKey) sum(kind, value string) []byte {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("address\x00" + kind + ":" + value))
	return mac.Sum(nil)
}

// Hashed reports whether of the target's address only the hash remains.
func (t Target) Hashed() bool {
	const digits = 2 * sha256.Size
	switch t.Kind {
	case Everyone, "contact", "domain", "phone_prefix", "cidr", "range":
		return false
	}
	hash, ok := strings.CutPrefix(t.Value, "#")
	return ok && len(hash) == digits && strings.Trim(hash, "0123456789abcdef") == ""
}

// Hash is the target that stands for the identity once it was erased.
func (i Identity) Hash(k HashKey) Target { return Target{Kind: i.Kind, Value: k.Hash(i.Kind, i.Value)} }

// means reports whether the rule's target means the message's sender.
func (r *Rule) means(m Message, f Facts) bool {
	switch {
	case !r.Target.Hashed():
		return r.Target.Means(m, f)
	case r.Target.Kind == "ip":
		a := m.RuleIP()
		return a.IsValid() && r.Key.Hash("ip", a.String()) == r.Target.Value
	}
	for id := range m.Joining() {
		if id.Kind == r.Target.Kind && r.Key.Hash(id.Kind, id.Value) == r.Target.Value {
			return true
		}
	}
	return false
}
