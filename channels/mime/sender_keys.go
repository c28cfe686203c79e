package mime

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

// Lookup asks the DNS for the TXT records of a name, each as one string. That
// there are none is an error of type *net.DNSError with IsNotFound.
type Lookup func(ctx context.Context, name string) ([]string, error)

const (
	maxSignatures = 5               // signatures of a mail that are looked at
	maxQuestions  = 8               // questions to the DNS about one mail
	patience      = 3 * time.Second // for all of them together,
	impatience    = 300 * time.Millisecond
	downAfter     = 3                // failures in a row, of different domains, after which impatience is enough
	remembered    = 5 * time.Minute  // how long an answer is,
	troubled      = 30 * time.Second // and that there was none
	maxRemembered = 2000
)

// Keys asks the DNS for keys of signatures and policies of domains. It
// remembers the answers for five minutes, and for half a minute that none came.
// It is used by several goroutines at once.
type Keys struct {
	lookup Lookup
	now    func() time.Time

	mu      sync.Mutex
	answers map[string]answerTXT
	failed  map[string]bool // domains that failed since the last answer
}

type answerTXT struct {
	txt   []string
	err   error
	until time.Time
}

// NewKeys makes Keys that ask by lookup; now is for how long answers are
// remembered.
func NewKeys(lookup Lookup, now func() time.Time) *Keys {
	return &Keys{lookup: lookup, now: now, answers: map[string]answerTXT{}, failed: map[string]bool{}}
}

// A lookup that failed for a while.
type errTemporary struct{ name string }

func (e errTemporary) Error() string { return "the DNS does not answer for " + e.name }
func (errTemporary) Timeout() bool   { return true }
func (errTemporary) Temporary() bool { return true }

var (
	errNoName           = errors.New("no such name")
	_         net.Error = errTemporary{} // what go-msgauth takes for temporary
)

// questions are those about one mail.
type questions struct {
	keys *Keys
	ctx  context.Context
	mu   sync.Mutex
	left int
}

func (k *Keys) about(ctx context.Context) (*questions, context.CancelFunc) {
	wait := patience
	k.mu.Lock()
	if len(k.failed) >= downAfter {
		wait = impatience
	}
	k.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, wait)
	return &questions{keys: k, ctx: ctx, left: maxQuestions}, cancel
}

// txt asks for the records of a name. Whoever asks too much is told that there
// are none.
func (q *questions) txt(name string) ([]string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if !hostName(name) {
		return nil, errNoName
	}
	q.mu.Lock()
	q.left--
	over := q.left < 0
	q.mu.Unlock()
	if over {
		return nil, errNoName
	}
	return q.keys.ask(q.ctx, name)
}

func (k *Keys) ask(ctx context.Context, name string) ([]string, error) {
	k.mu.Lock()
	a, known := k.answers[name]
	k.mu.Unlock()
	if known && k.now().Before(a.until) {
		return a.txt, a.err
	}
	txt, err := k.lookup(ctx, name)
	return k.remember(name, txt, err)
}

// remember notes an answer, or that none came.
func (k *Keys) remember(name string, txt []string, err error) ([]string, error) {
	a := answerTXT{txt: txt, until: k.now().Add(remembered)}
	var dns *net.DNSError
	notFound := errors.As(err, &dns) && dns.IsNotFound
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err == nil || notFound:
		clear(k.failed)
		if notFound {
			a.txt, a.err = nil, errNoName
		}
	default:
		a.txt, a.err, a.until = nil, errTemporary{name}, k.now().Add(troubled)
		k.failed[organisation(name)] = true
	}
	if len(k.answers) >= maxRemembered {
		clear(k.answers)
	}
	k.answers[name] = a
	return a.txt, a.err
}

// hostName reports whether the DNS may be asked for a name: letters, digits,
// hyphens and underscores in labels of at most 63 octets, 253 in all.
func hostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}
