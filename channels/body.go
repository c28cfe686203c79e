package channels

import (
	"bytes"
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

// ErrTooLarge is a body beyond its limit; answer 413.
var ErrTooLarge = errors.New("the body is too large")

// ReadBody reads a request's body of at most limit bytes, within BodyTimeout
// and within the process's memory for messages. Call release once the body is
// stored or dropped. An error of hold is returned as it is; any but that and
// ErrTooLarge means that the caller did not send what it announced.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64, hold func(context.Context, int64) (func(), error)) (
	body []byte, release func(), err error,
) {
	if r.ContentLength > limit {
		return nil, nil, ErrTooLarge
	}
	size := r.ContentLength
	if size < 0 {
		size = limit
	}
	if release, err = hold(r.Context(), size); err != nil {
		return nil, nil, err
	}
	if body, err = readBody(w, r, limit); err != nil {
		release()
		return nil, nil, err
	}
	return body, release, nil
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(BodyTimeout)) // a server without deadlines is a test's
	var buf bytes.Buffer
	buf.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := io.Copy(&buf, http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, ErrTooLarge
	case err != nil:
		return nil, fmt.Errorf("read the body: %w", err)
	}
	// Only now: after a failure the server would wait for the rest for ever.
	_ = control.SetReadDeadline(time.Time{})
	return buf.Bytes(), nil
}
