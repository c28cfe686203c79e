package smtp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/emersion/go-smtp"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// The buffer that a mail begins with, and the room before it for its return path.
const (
	firstBuffer = 16 << 10
	pathRoom    = 512
	mostHeader  = 1 << 20
)

// transfer is a mail as it comes in.
type transfer struct {
	buf  []byte // the return path, then the mail
	path int    // octets of the return path
	most int64  // octets of mail that are kept; beyond them it is oversized
	size int64  // octets that came
	sum  hash.Hash

	scratch []byte // for what is not kept
	// grow takes memory for n octets in all.
	grow func(n int64) error
}

// newTransfer begins with the return path, which the last hop puts before a mail
// (RFC 5321 §4.4). It is there for the reader and not part of the mail.
func newTransfer(ctx context.Context, from string, most int64, share *channels.Share) *transfer {
	buf := append(make([]byte, 0, firstBuffer), "Return-Path: <"+channels.Line(from, pathRoom)+">\r\n"...)
	return &transfer{buf: buf, path: len(buf), most: most, sum: sha256.New(),
		grow: func(n int64) error { return share.Grow(ctx, n) }}
}

// raw is the mail as it was sent.
func (t *transfer) raw() []byte { return t.buf[t.path:] }

func (t *transfer) oversized() bool { return t.size > t.most }

// hash is that of all that came.
func (t *transfer) hash() ingest.Hash { return ingest.Hash(t.sum.Sum(nil)) }

// read reads to the end of the mail. What is beyond the most is only counted.
func (t *transfer) read(r io.Reader) error {
	for {
		free, err := t.room()
		if err != nil {
			return err
		}
		kept := !t.oversized()
		n, err := r.Read(free)
		t.sum.Write(free[:n])
		if t.size += int64(n); kept {
			t.buf = t.buf[:len(t.buf)+n]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// room is where the next octets go.
func (t *transfer) room() ([]byte, error) {
	if t.oversized() {
		if t.scratch == nil {
			t.scratch = make([]byte, firstBuffer)
		}
		return t.scratch, nil
	}
	if len(t.buf) == cap(t.buf) {
		size := 2 * cap(t.buf)
		if err := t.grow(int64(size)); err != nil {
			return nil, fmt.Errorf("memory: %w", err)
		}
		t.buf = append(make([]byte, 0, size), t.buf...)
	}
	return t.buf[len(t.buf):cap(t.buf)], nil
}

// header is what is kept of an oversized mail: its first lines up to an empty
// one, at most 1 MiB.
func (t *transfer) header() []byte {
	raw := t.raw()[:min(len(t.raw()), mostHeader)]
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(end)); i >= 0 {
			raw = raw[:i+len(end)]
		}
	}
	return bytes.Clone(raw)
}

// interrupted says what the end of a transfer means that was not that of the mail.
func interrupted(err error) *smtp.SMTPError {
	var own *smtp.SMTPError
	switch {
	case errors.As(err, &own): // the library's: too large
		return own
	case errors.Is(err, smtp.ErrTooLongLine):
		return errLongLine
	case ingest.Temporary(err):
		return errNoMemory
	}
	return errCutOff
}
