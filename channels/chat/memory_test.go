package chat_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
)

// uploading is a message of size bytes from an address whose last byte comes
// only when finish is called.
func uploading(address string, size int) (r *http.Request, finish func()) {
	text := message("1", address, strings.Repeat("x", size))
	from, to := io.Pipe()
	r = httptest.NewRequest(http.MethodPost, "/chat/golden/messages", io.MultiReader(strings.NewReader(text[:len(text)-1]), from))
	r.RemoteAddr = address + ":40000"
	return r, func() {
		_, _ = io.WriteString(to, text[len(text)-1:])
		_ = to.Close()
	}
}

func TestOneAddressUploadsAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := channeltest.NewDesk(t, chat.Kind, "{visitor_rate: 0, ip_rate: 1000}")
		codes, finish := make(chan int, 20), []func(){}
		start := func(address string, size int) {
			r, done := uploading(address, size)
			finish = append(finish, done)
			go func() { codes <- d.Do(r).Code }()
			synctest.Wait()
		}
		for range 8 {
			start("192.0.2.7", 100<<10)
		}
		start("192.0.2.7", 100<<10)
		if code := <-codes; code != http.StatusTooManyRequests {
			t.Errorf("one more upload: %d", code)
		}
		if w := send(d, "messages", message("9", "v", "hello")); w.Code != http.StatusAccepted {
			t.Errorf("a small message beside them: %d", w.Code)
		}
		start("192.0.2.8", 100<<10)
		start("192.0.2.7", 10<<10)
		for _, done := range append(finish[:8:8], finish[9:]...) {
			done()
			if code := <-codes; code != http.StatusAccepted {
				t.Errorf("an upload: %d", code)
			}
		}
		start("192.0.2.7", 100<<10)
		finish[len(finish)-1]()
		if code := <-codes; code != http.StatusAccepted {
			t.Errorf("after the others: %d", code)
		}
	})
}

// TestFullMemoryAsksForAnotherTry finds the memory taken by others for longer
// than a request may wait.
func TestFullMemoryAsksForAnotherTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := channeltest.NewDesk(t, chat.Kind, settings)
		full := d.Intake.Share()
		if err := full.Grow(t.Context(), 1<<62); err != nil {
			t.Fatal(err)
		}
		defer full.Release()
		began := time.Now()
		w := send(d, "messages", message("1", "v", strings.Repeat("x", 500<<10)))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || time.Since(began) != channels.HoldTimeout {
			t.Errorf("%d, Retry-After %q, after %v", w.Code, w.Header().Get("Retry-After"), time.Since(began))
		}
		for i := range 3 { // small ones need no room
			if w := send(d, "messages", message(fmt.Sprint("s", i), "v", "hello")); w.Code != http.StatusAccepted {
				t.Errorf("a small message: %d", w.Code)
			}
		}
	})
}
