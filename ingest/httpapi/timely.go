package httpapi

import (
	"io"
	"net/http"
	"time"
)

const (
	writeTimeout = 30 * time.Second // a client that takes nothing so long is cut off
	writePiece   = 256 << 10        // octets that a slow client must take in that time
)

// timely writes to clients who take what they asked for: one who stops is cut
// off, and what was held for them is free.
func timely(w http.ResponseWriter) io.Writer { return timelyWriter{w, http.NewResponseController(w)} }

type timelyWriter struct {
	w       io.Writer
	control *http.ResponseController
}

func (t timelyWriter) Write(b []byte) (written int, err error) {
	for len(b) > 0 && err == nil {
		_ = t.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // where the server can
		var n int
		n, err = t.w.Write(b[:min(len(b), writePiece)])
		written, b = written+n, b[n:]
	}
	return written, err
}
