package channels_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
)

// caller is one connection to a server in memory.
type caller struct {
	net.Conn
	answers *bufio.Reader
}

// serveInMemory answers for the channel "golden" of kind until the test ends.
// Its time is the test's.
func serveInMemory(t *testing.T, in channels.Intake) (dial func() *caller) {
	t.Helper()
	e, err := channels.NewEndpoint(kind, channeltest.Settings([]byte("{}")), channeltest.Host(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &pipe{conns: make(chan net.Conn), done: make(chan struct{})}
	hs := &http.Server{Handler: server(e), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go func() { _ = hs.Serve(l) }()
	t.Cleanup(func() { _ = hs.Shutdown(context.Background()) }) // its deadlines end whatever is open
	return func() *caller {
		client, peer := net.Pipe()
		l.conns <- peer
		t.Cleanup(func() { _ = client.Close() })
		return &caller{client, bufio.NewReader(client)}
	}
}

// begin sends a request's head, announcing size bytes ("" none: chunked), and
// the beginning of its body.
func (c *caller) begin(t *testing.T, length, body string) {
	t.Helper()
	if length == "" {
		length = "Transfer-Encoding: chunked"
	} else {
		length = "Content-Length: " + length
	}
	if _, err := io.WriteString(c, "POST /hooks/golden HTTP/1.1\r\nHost: x\r\nSecret: right\r\n"+length+"\r\n\r\n"+body); err != nil {
		t.Fatal(err)
	}
}

func (c *caller) status(t *testing.T) int {
	t.Helper()
	resp, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestIdleSocketsDelayNobody(t *testing.T) {
	for name, length := range map[string]string{"announced": fmt.Sprint(30 << 20), "chunked": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial := serveInMemory(t, channeltest.NewIntake(channeltest.NewStore(), channeltest.Channel, kind.Family))
				for range 20 {
					dial().begin(t, length, "")
				}
				synctest.Wait()
				began := time.Now()
				c, body := dial(), strings.Repeat("x", 8<<20)
				c.begin(t, fmt.Sprint(len(body)), body)
				if code := c.status(t); code != http.StatusOK || time.Since(began) > 0 {
					t.Errorf("%d after %v", code, time.Since(began))
				}
			})
		})
	}
}

func TestMemoryIsTakenAsBytesArrive(t *testing.T) {
	for _, arrived := range []int{0, 1 << 10, 16 << 10, 100 << 10, 3 << 20} {
		var most int64
		body := io.MultiReader(strings.NewReader(strings.Repeat("x", arrived)), gone{})
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.ContentLength = 20 << 20
		_, err := channels.ReadBody(httptest.NewRecorder(), r, 32<<20, func(_ context.Context, n int64) error {
			most = max(most, n)
			return nil
		})
		if err == nil {
			t.Errorf("%d bytes of 20 MiB are a body", arrived)
		}
		if least := int64(arrived); most > 2*least+1 || arrived > 16<<10 && most < least {
			t.Errorf("%d bytes taken for %d that came", most, arrived)
		}
	}
}

// gone is a peer that went away.
type gone struct{}

func (gone) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodyIsReadWhole(t *testing.T) {
	for _, size := range []int{0, 1, 4 << 10, 16<<10 - 1, 16 << 10, 16<<10 + 1, 1 << 20} {
		for _, announced := range []bool{true, false} {
			text := strings.Repeat("0123456789", size/10+1)[:size]
			r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader(text)))
			if r.ContentLength = -1; announced {
				r.ContentLength = int64(size)
			}
			body, err := channels.ReadBody(httptest.NewRecorder(), r, 1<<20, func(context.Context, int64) error { return nil })
			if err != nil || string(body) != text {
				t.Errorf("%d of %d bytes, announced %t: %v", len(body), size, announced, err)
			}
		}
	}
}
