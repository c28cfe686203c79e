package imap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
)

// A calm connection hands the client library what the server says, except for
// one thing: a parenthesis among the capabilities makes the library's reader
// go round for ever, and nothing can end that. It becomes an underscore.
type calm struct {
	net.Conn
	r       *bufio.Reader
	line    []byte // what was not yet handed out of a line, or of a piece of a very long one
	literal int64  // octets of the literal after it
	within  bool   // the next piece goes on with the same response
	caps    bool   // that response lists capabilities,
	text    bool   // or is one that ends in human words: they announce no literal
	greeted bool
	foreign func(error) // is told if the server is of another protocol
}

// newCalm reads from conn, after the greeting if that was read before.
func newCalm(conn net.Conn, greeting string, foreign func(error)) *calm {
	all := io.MultiReader(strings.NewReader(greeting), conn)
	return &calm{Conn: conn, r: bufio.NewReaderSize(all, 64<<10), foreign: foreign}
}

var errNoIMAP = errors.New("the first line is no greeting of an IMAP server")

func (c *calm) Read(b []byte) (int, error) {
	if len(c.line) == 0 && c.literal > 0 {
		n, err := c.r.Read(b[:min(int64(len(b)), c.literal)])
		c.literal -= int64(n)
		return n, err
	}
	if len(c.line) == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.line)
	c.line = c.line[n:]
	return n, nil
}

// next reads a line.
func (c *calm) next() error {
	line, err := c.r.ReadSlice('\n')
	if len(line) == 0 {
		return err
	}
	if !c.greeted {
		if c.greeted = true; !bytes.HasPrefix(line, []byte("* ")) {
			c.foreign(errNoIMAP)
			return errNoIMAP
		}
	}
	if !c.within {
		c.caps, c.text = false, endsInWords(line)
	}
	if c.caps = c.caps || listsCapabilities(line); c.caps {
		for i, b := range line {
			if b == '(' {
				line[i] = '_'
			}
		}
	}
	ended := line[len(line)-1] == '\n'
	if ended && !c.text {
		c.literal = announced(line)
	}
	c.line, c.within = line, !ended || c.literal > 0
	return nil // a piece that ends without a line end says why at the next read
}

// endsInWords reports whether the response is a status or a continuation
// (RFC 9051 §7.1, §7.6) and not data.
func endsInWords(line []byte) bool {
	word, ok := bytes.CutPrefix(line, []byte("* "))
	if !ok {
		return true
	}
	for _, status := range []string{"OK", "NO", "BAD", "BYE", "PREAUTH"} {
		if len(word) >= len(status) && strings.EqualFold(string(word[:len(status)]), status) {
			return true
		}
	}
	return false
}

func listsCapabilities(line []byte) bool {
	const name = "CAPABILITY"
	upper := bytes.ToUpper(line[:min(len(line), 2+len(name))])
	return bytes.HasPrefix(upper, []byte("* "+name)) || bytes.Contains(line, []byte("["+name))
}

// announced is the size of the literal that follows the line (RFC 9051 §4.3).
func announced(line []byte) int64 {
	line = bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return 0
	}
	n, err := strconv.ParseInt(string(line[open+1:len(line)-1]), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
