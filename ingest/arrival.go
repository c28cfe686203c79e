package ingest

import "crypto/sha256"

// Hash is a SHA-256 sum.
type Hash [32]byte

// Sum hashes the parts one after the other, each closed by a zero byte, so
// that ("ab","c") and ("a","bc") differ.
func Sum(parts ...string) Hash {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return Hash(h.Sum(nil))
}

// Print recognises a mail by what it says rather than by where it lay. Prints
// are asked only after a UIDVALIDITY change, by import and by SMTP.
type Print struct {
	Kind string // "raw": content hash; "mail": header hash
	Hash Hash
}

// Arrival is what an adapter hands over: one message and the bytes it was read
// from. Bad input is an arrival with a Problem, never a gap.
type Arrival struct {
	Message Message
	Raw     []byte   // the smallest self-contained slice; counted against the process's byte budget
	Derived bool     // Raw holds the text as it is: it is not stored a second time
	Keys    []string // the provider's ids; the first names the message, all make a repeat a repeat
	Content Hash     // what the key stands for; the zero value means the hash of Raw
	Prints  []Print
	Copy    Copy    // of an import
	Problem Reason  // why it could not be read in full: it becomes dead with its bytes
	Note    string  // detail of the problem, for people
	Refused int64   // the ban that the caller saw match before reading the body; 0: none
	Part    *PartOf // it is only a part of a message; nil: it is whole
}

// Copy is which of several equal mails of an archive one is.
type Copy struct {
	Content int // so many of the same content came before it
	Header  int // …of the same header; -1: its header does not tell it from others
}

// Batch is stored in one transaction: all of it or nothing.
type Batch struct {
	Arrivals []Arrival
	Move     *Move // a poller's cursor; nil for pushed messages
	// Import says that the arrivals come out of an archive of mail of one
	// channel: the channel may have had them before. Of equal mails the channel
	// has as many as came to it or lie in one archive, whichever is more.
	Import bool
	// Backfill is the order by which those of its messages that are Recovered were
	// asked for; 0: none, the program did by itself.
	Backfill int64
}

// Move advances a poller's place in its source in the batch's transaction.
type Move struct {
	Channel  string
	Mailbox  string // folder, or "" where the source has one place
	From, To string // the cursor before and after; From guards against a second poller
	Fence    int64  // the lease's token
	Recheck  bool   // UIDVALIDITY changed: look the prints up before taking anything for new
	Era      int64  // the UIDVALIDITY the arrivals were read under
}

// Receipt answers a batch, one Result an arrival, in order.
type Receipt struct {
	Results []Result
	Lanes   []int // where there is now work
}

// Result says what became of one arrival.
type Result struct {
	ID    ID   // of a part that waits for others: nobody's yet
	Fresh bool // false: a repeat, ID is the message that stands
	// Refused is the ban that refused it just now; 0: none did, or its settle
	// will find one.
	Refused int64
	// Again asks for the whole message: it came without a body because a ban
	// was seen to match, and that ban is gone. Nothing of the batch was stored
	// and the cursor did not move: send the batch once more.
	Again bool
}
