package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"time"
)

// piece is a mail of an mbox.
type piece struct {
	raw   []byte
	at    time.Time
	begin int64 // where its postmark stands
	read  int64 // octets from there to the next one
}

// splitter reads an mbox line by line.
type splitter struct {
	in    *bufio.Reader
	limit int64
	at    int64 // octets read
	now   piece
	size  int64 // of the mail, also of what is beyond the limit
	blank bool  // the line before was empty
	in1   bool  // in a line whose beginning has been read
	yield func(piece, error) bool
}

// split gives the mails of an mbox; with an error only where it begins is set.
func split(r io.Reader, limit int64) iter.Seq2[piece, error] {
	return func(yield func(piece, error) bool) {
		s := &splitter{in: bufio.NewReaderSize(r, 64<<10), limit: limit, blank: true, yield: yield, now: piece{begin: -1}}
		for {
			part, err := s.in.ReadSlice('\n') // of a long line one buffer's worth
			if len(part) > 0 && !s.line(part) {
				return
			}
			s.at += int64(len(part))
			s.in1 = errors.Is(err, bufio.ErrBufferFull)
			switch {
			case err == nil || s.in1:
			case errors.Is(err, io.EOF):
				s.end()
				return
			default:
				yield(s.now, err)
				return
			}
		}
	}
}

// line takes a line in, or a further part of a long one; false ends it all.
func (s *splitter) line(part []byte) bool {
	begins := !s.in1
	if begins && s.blank && isPostmark(part) {
		if !s.end() {
			return false
		}
		at, _ := postmarked(part)
		s.now, s.size, s.blank = piece{at: at, begin: s.at}, 0, false
		return true
	}
	if begins {
		s.blank = len(bytes.TrimRight(part, "\r\n")) == 0
		part = unescaped(part)
	}
	s.size += int64(len(part))
	if s.size <= s.limit {
		s.now.raw = append(s.now.raw, part...)
	}
	return true
}

// unescaped takes off the ">" that an mbox puts before ">From " and "From ".
func unescaped(line []byte) []byte {
	if len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

// end gives the mail that has been read, if one has.
func (s *splitter) end() bool {
	if s.now.begin < 0 {
		return true
	}
	s.now.read = s.at - s.now.begin
	if s.size > s.limit {
		return s.yield(piece{begin: s.now.begin, read: s.now.read}, ErrTooLarge)
	}
	s.now.raw = withoutBlank(s.now.raw)
	return s.yield(s.now, nil)
}

// withoutBlank takes off the empty line that an mbox puts behind each mail.
func withoutBlank(raw []byte) []byte {
	for _, ends := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(raw, []byte(ends)) {
			return raw[:len(raw)-len(ends)/2]
		}
	}
	return raw
}
