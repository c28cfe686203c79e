package imap

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"gatehouse/channels/channeltest"
)

// said is a connection on which the server says this.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(b []byte) (int, error) { return s.Reader.Read(b) }

func TestCalm(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	same := func(s string) [2]string { return [2]string{s, s} }
	for name, c := range map[string][2]string{
		"capabilities":    {"* capability IMAP4rev1 (X (Y\r\n* OK (z\r\n", "* capability IMAP4rev1 _X _Y\r\n* OK (z\r\n"},
		"in a code":       {"* OK [CAPABILITY (X] hello\r\n", "* OK [CAPABILITY _X] hello\r\n"},
		"in a tagged":     {"T1 OK [CAPABILITY (X] hello\r\n", "T1 OK [CAPABILITY _X] hello\r\n"},
		"very many":       {"* CAPABILITY " + long + " (X\r\n* LIST ()\r\n", "* CAPABILITY " + long + " _X\r\n* LIST ()\r\n"},
		"a mail on them":  same("* 1 FETCH (UID 1 BODY[] {29}\r\n* CAPABILITY (X) [CAPABILITY (\r\n FLAGS (\\Seen))\r\n"),
		"two literals":    same("* 1 FETCH (BODY[TEXT] {15}\r\n* CAPABILITY (X BODY[] {16}\r\n* CAPABILITY (X\r)\r\n"),
		"words in braces": same("* OK it is {500}\r\n* 1 FETCH (UID 1)\r\n"),
		"a long literal":  same("* 1 FETCH (UID 1 BODY[] {200000}\r\n" + long + ")\r\n"),
		"no end":          same("* 1 FETCH (UID 1 BODY[] {200000}\r\n" + long[:500]),
		"nothing":         same(""),
	} {
		t.Run(name, func(t *testing.T) {
			for _, slow := range []bool{false, true} {
				var r io.Reader = strings.NewReader(c[0])
				if slow {
					r = iotest.OneByteReader(r)
				}
				calm := newCalm(said{Reader: r}, "", nil)
				calm.greeted = true
				got, err := io.ReadAll(calm)
				must(t, err)
				if string(got) != c[1] {
					t.Errorf("%.200q\nbecomes %.200q\nwant    %.200q", c[0], got, c[1])
				}
			}
		})
	}
}

func TestParenthesisAmongCapabilities(t *testing.T) {
	s, store := newScript(t, 2, func(s *script) { s.caps = "IMAP4rev1 (IDLE)" }), channeltest.NewStore()
	p := impatient(t, s)
	if err := within10s(t, "Poll", func() error { return poll(t, p, store) }); err == nil {
		t.Error("no error")
	}
	must(t, within10s(t, "Close", p.Close))
}
