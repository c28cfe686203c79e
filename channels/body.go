package channels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The deadlines of a request. HeaderTimeout is for the server that listens.
const (
	HeaderTimeout = 5 * time.Second
	BodyTimeout   = 10 * time.Second
)

// The buffer that a body begins with, and how large it grows without being
// counted: no more than the connection itself takes. So small messages never
// wait for the large ones of others.
const (
	firstBuffer = 4 << 10
	freeBuffer  = 16 << 10
)

// ErrTooLarge is a body beyond its limit; answer 413.
var ErrTooLarge = errors.New("the body is too large")

// ReadBody reads a request's body of at most limit bytes, within BodyTimeout.
// What a caller announces is not believed: memory is taken as bytes arrive, at
// most twice as much as came. Before it takes n bytes in all, if they count, it
// calls grow, whose error it returns as it is; see Share.Grow. Any but that and
// ErrTooLarge means that the caller did not send what it announced.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64, grow func(ctx context.Context, n int64) error) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(BodyTimeout)) // a server without deadlines is a test's
	body, err := readAll(r, http.MaxBytesReader(w, r.Body, limit), grow)
	if err != nil {
		return nil, err
	}
	// Only now: after a failure the server would wait for the rest for ever.
	_ = control.SetReadDeadline(time.Time{})
	return body, nil
}

func readAll(r *http.Request, from io.Reader, grow func(ctx context.Context, n int64) error) ([]byte, error) {
	var buf []byte
	for {
		if len(buf) == cap(buf) {
			size := nextSize(cap(buf), r.ContentLength)
			if size > freeBuffer {
				if err := grow(r.Context(), int64(size)); err != nil {
					return nil, err
				}
			}
			buf = append(make([]byte, 0, size), buf...)
		}
		n, err := from.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		var large *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case errors.As(err, &large):
			return nil, ErrTooLarge
		case err != nil:
			return nil, fmt.Errorf("read the body: %w", err)
		}
	}
}

// nextSize is the size of the buffer after one of the given size is full. One
// octet more than is announced (-1: nothing is) shows the end without a larger
// one.
func nextSize(full int, announced int64) int {
	next := max(firstBuffer, 2*full)
	if announced >= int64(full) && announced < int64(next) {
		return int(announced) + 1
	}
	return next
}
