package ingest

import (
	"crypto/sha256"
	"net/netip"
	"time"
)

// Asked is somebody whose standing is asked: by what they would write from, on a
// channel of a kind, or anywhere.
type Asked struct {
	Identities []Identity
	IP         netip.Addr
	Channel    string
	Kind       string
	Family     Family // rules on addresses of the net match no mail
}

// Foretold is a standing as it is told from memory, and what memory cannot have.
type Foretold struct {
	Standing
	Talked bool // it depends on when they first talked with us
	Opted  bool // they may have opted out, somewhere
}

// News is what changed since a mark of what rules in memory rest on: the rules,
// by what the contacts on which they stand are known, and who opted out.
type News struct {
	Epoch    int64
	Settings Settings
	Rules    []Rule // changed, lifted, or on contacts that are known by something else
	Mark     string // of this moment
	At       time.Time
	Opted    map[OptHash]bool // whether they opted out, of those of whom something was heard
	Hashes   HashKey          // of the addresses among them that were erased; nil: nothing was heard of anybody
	Nothing  bool             // there is none, but for the mark
}

// OptHash names an address that opted.
type OptHash [16]byte

// HashOfOpt is that of an address.
func HashOfOpt(id Identity) OptHash {
	h := sha256.Sum256([]byte(id.Key()))
	return OptHash(h[:16])
}

// Hearer keeps rules in memory.
type Hearer interface {
	Epoch() int64
	Mark() string // of the news heard last; "" before the first
	// Hear takes news in that were read since Epoch and Mark; false: it has newer
	// rules by now.
	Hear(n News) bool
}
