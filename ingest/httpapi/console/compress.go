package console

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
)

// send answers with a page, as small as the browser takes it. What a page of
// another site asks for goes out as it is: by the length of what is compressed,
// who chose a part of it could guess the rest.
func (v *visit) send(status int, page []byte) {
	h := v.w.Header()
	h.Add("Vary", "Accept-Encoding, Sec-Fetch-Site")
	if from := v.r.Header.Get("Sec-Fetch-Site"); takesGzip(v.r) && (from == "same-origin" || from == "none") {
		h.Set("Content-Encoding", "gzip")
		page = zipped(page, gzip.BestSpeed)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(page) // the reader has gone: nobody to tell
}

// takesGzip reports whether a browser names gzip. None that does gives it the
// weight 0.
func takesGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

func zipped(text []byte, level int) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		panic(err) // the level is our own
	}
	_, _ = w.Write(text) // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}
