package chat

import (
	"context"
	"net/http"
	"sync"
	"time"

	"gatehouse/channels"
)

// largeAtOnce is how many bodies that count against the memory for messages
// may come from one caller at a time.
const largeAtOnce = 8

// turnstile bounds how many requests of each caller are inside.
type turnstile struct {
	most   int // 0: any number
	mu     sync.Mutex
	inside map[string]int
}

// enter reports whether there is room for one more, who must leave.
func (t *turnstile) enter(caller string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.most > 0 && t.inside[caller] >= t.most {
		return false
	}
	t.inside[caller]++
	return true
}

func (t *turnstile) leave(caller string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inside[caller]--; t.inside[caller] == 0 {
		delete(t.inside, caller)
	}
}

// memory is what one request takes: for a small one nothing, for a large one
// three times its size: the body, the raw form made of it, and the attachments
// decoded.
type memory struct {
	share  *channels.Share
	large  *turnstile
	caller string
	inside bool
}

func (m *memory) grow(ctx context.Context, n int64) error {
	if !m.inside {
		if m.inside = m.large.enter(m.caller); !m.inside {
			return tryAgain(http.StatusTooManyRequests, time.Second, "too many large messages at a time")
		}
	}
	return m.share.Grow(ctx, 3*n)
}

func (m *memory) release() {
	m.share.Release()
	if m.inside {
		m.large.leave(m.caller)
	}
}
