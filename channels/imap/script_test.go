package imap

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is an IMAP server that does as it is told: as a good server would,
// except for the commands in `on`.
type script struct {
	t        *testing.T
	port     int
	greeting string
	caps     string
	tls      *tls.Config // for STARTTLS, and if
	private  bool        // from the first octet
	lines    []string    // said after each line of the client's instead of an answer
	signs    *authority  // that of its certificates
	wires    *wires      // where it listens; nil: on the loopback

	mu       sync.Mutex
	mails    []scripted
	forms    []scripted // what the folder Forms has; all others have mails
	validity uint32
	on       map[string]func(p *peer, tag, args string) bool // by command; true: it answered
	seen     []string                                        // commands, in order
	peers    []net.Conn
	done     sync.WaitGroup
}

type scripted struct {
	uid  uint32
	text string
	size int // what the list says; 0: the true one
}

// peer is the server's side of a connection.
type peer struct {
	*script
	conn net.Conn
	r    *bufio.Reader
	n    int    // of the connection, from 1
	in   string // the folder selected
	born time.Time
	user string // who signed in
}

// newScript serves the first n mails, with UIDs from 1. set changes it before
// it serves.
func newScript(t *testing.T, n int, set ...func(*script)) *script {
	t.Helper()
	s := &script{t: t, greeting: "* OK ready", caps: "IMAP4rev1 IDLE MOVE UIDPLUS", validity: 7,
		on: map[string]func(*peer, string, string) bool{}}
	for i := range n {
		s.mails = append(s.mails, scripted{uid: uint32(i + 1), text: mail(i)})
	}
	for _, change := range set {
		change(s)
	}
	l, err := s.listen()
	must(t, err)
	s.port = l.Addr().(*net.TCPAddr).Port
	s.done.Go(func() { s.accept(l) })
	t.Cleanup(func() { _ = l.Close(); s.hangUp(); s.done.Wait() })
	return s
}

func (s *script) listen() (net.Listener, error) {
	if s.wires != nil {
		return s.wires, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func (s *script) accept(l net.Listener) {
	for n := 1; ; n++ {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.peers = append(s.peers, c)
		s.mu.Unlock()
		s.done.Go(func() {
			defer c.Close()
			if conf, private := s.certified(); private {
				c = tls.Server(c, conf)
			}
			(&peer{script: s, conn: c, r: bufio.NewReader(c), n: n, born: time.Now()}).serve()
		})
	}
}

func (s *script) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.peers {
		_ = c.Close()
	}
}

// count is how many commands of that name came, of all connections.
func (s *script) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.seen {
		if strings.HasPrefix(c, name) {
			n++
		}
	}
	return n
}

// when sets what is done at a command; it may be called while serving.
func (s *script) when(command string, do func(p *peer, tag, args string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on[command] = do
}

func (s *script) drop(uids ...uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = slices.DeleteFunc(s.mails, func(m scripted) bool { return slices.Contains(uids, m.uid) })
}

func (s *script) add(m ...scripted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m...)
}

func (s *script) list() []scripted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// certify gives the server another certificate, from the first octet on or for
// STARTTLS; it may be called while serving.
func (s *script) certify(c *tls.Config, private bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tls, s.private = c, private
}

func (s *script) certified() (c *tls.Config, private bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tls, s.private
}

// list is what the selected folder has.
func (p *peer) list() []scripted {
	if p.in != "Forms" {
		return p.script.list()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.forms)
}

// reaction is what is to be done at a command.
func (s *script) reaction(command string) reaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on[command]
}

func (p *peer) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.conn, format+"\r\n", args...)
}

func (p *peer) serve() {
	if do := p.reaction("GREETING"); do != nil && do(p, "", "") {
		return
	}
	p.say("%s", p.greeting)
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return
		}
		if p.lines != nil {
			if len(p.lines) == 0 {
				return
			}
			p.say("%s", p.lines[0])
			p.lines = p.lines[1:]
			continue
		}
		tag, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		name, args, _ := strings.Cut(rest, " ")
		if name == "UID" {
			var sub string
			sub, args, _ = strings.Cut(args, " ")
			name += " " + sub
		}
		p.mu.Lock()
		p.seen = append(p.seen, strings.TrimSpace(name+" "+args))
		p.mu.Unlock()
		do := p.reaction(name)
		if do == nil || !do(p, tag, args) {
			p.answer(tag, name, args)
		}
	}
}

// answer is what a good server does.
func (p *peer) answer(tag, name, args string) {
	switch name {
	case "CAPABILITY":
		p.say("* CAPABILITY %s", p.caps)
	case "STARTTLS":
		conf, _ := p.certified()
		if conf == nil {
			p.say("%s BAD unknown command", tag)
			return
		}
		p.say("%s OK begin", tag)
		p.conn = tls.Server(p.conn, conf)
		p.r = bufio.NewReader(p.conn)
		return
	case "LOGIN":
		p.user = strings.Trim(strings.Fields(args)[0], `"`)
	case "SELECT", "EXAMINE":
		p.in = strings.Trim(args, `"`)
		p.say("* %d EXISTS", len(p.list()))
		p.say("* OK [UIDVALIDITY %d] ids", p.now())
		p.say("* OK [UIDNEXT %d] next", p.last()+1)
	case "UID SEARCH":
		p.say("* SEARCH%s", p.found(args, false))
	case "SEARCH":
		p.say("* SEARCH%s", p.found(args, true))
	case "UID FETCH", "FETCH":
		p.fetch(args, name == "FETCH", p.item)
	case "AUTHENTICATE":
		if args == "PLAIN" { // without SASL-IR
			p.say("+ ")
			line, _ := p.r.ReadString('\n')
			p.mu.Lock()
			p.seen = append(p.seen, strings.TrimSpace("SASL "+line))
			p.mu.Unlock()
		}
	case "IDLE":
		p.say("+ idling")
		_, _ = p.r.ReadString('\n')
	}
	p.say("%s OK done", tag)
}

// now is the present UIDVALIDITY.
func (s *script) now() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.validity
}

// become gives the folder another UIDVALIDITY and other mail.
func (s *script) become(validity uint32, mails ...scripted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.validity, s.mails = validity, mails
}

func (s *script) last() uint32 { return highest(s.list()) }

func (p *peer) last() uint32 { return highest(p.list()) }

func highest(mails []scripted) uint32 {
	var last uint32
	for _, m := range mails {
		last = max(last, m.uid)
	}
	return last
}

// found lists the UIDs, or sequence numbers, of a search by UID or of all.
func (p *peer) found(args string, seq bool) string {
	var b strings.Builder
	set, byUID := strings.CutPrefix(args, "UID ")
	last := p.last()
	for i, m := range p.list() {
		if byUID && !within(set, m.uid, last) {
			continue
		}
		if seq {
			fmt.Fprintf(&b, " %d", i+1)
		} else {
			fmt.Fprintf(&b, " %d", m.uid)
		}
	}
	return b.String()
}

// within tells whether a number is in a set as of RFC 9051 §9, where "*" is the last one.
func within(set string, n, last uint32) bool {
	for _, r := range strings.Split(set, ",") {
		a, b, ranged := strings.Cut(r, ":")
		from, to := number(a, last), number(b, last)
		if !ranged {
			to = from
		}
		if from > to {
			from, to = to, from
		}
		if from <= n && n <= to {
			return true
		}
	}
	return false
}

func number(s string, last uint32) uint32 {
	if s == "*" {
		return last
	}
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}

// fetch answers with what item says of each message asked for.
func (p *peer) fetch(args string, seq bool, item func(m scripted, what string) string) {
	set, what, _ := strings.Cut(args, " ")
	last := p.last()
	for i, m := range p.list() {
		n := m.uid
		if seq {
			n = uint32(i + 1)
		}
		if within(set, n, last) {
			p.say("* %d FETCH (%s)", i+1, item(m, what))
		}
	}
}

// item is a message as a good server sends it.
func (p *peer) item(m scripted, what string) string {
	return strings.Join(append([]string{fmt.Sprintf("UID %d", m.uid)}, parts(m, what)...), " ")
}

// parts are the items asked for, but the UID.
func parts(m scripted, what string) []string {
	var all []string
	if strings.Contains(what, "RFC822.SIZE") {
		size := m.size
		if size == 0 {
			size = len(m.text)
		}
		all = append(all, fmt.Sprintf("RFC822.SIZE %d", size))
	}
	if strings.Contains(what, "INTERNALDATE") {
		all = append(all, received(int(m.uid)).Format(`INTERNALDATE "_2-Jan-2006 15:04:05 -0700"`))
	}
	head, _, _ := strings.Cut(m.text, "\r\n\r\n")
	switch {
	case strings.Contains(what, "BODY.PEEK[]"):
		all = append(all, "BODY[] "+lit(m.text))
	case strings.Contains(what, "BODY.PEEK[HEADER]<"):
		all = append(all, "BODY[HEADER]<0> "+lit(head+"\r\n\r\n"))
	case strings.Contains(what, "BODY.PEEK[HEADER.FIELDS"):
		all = append(all, "BODY[HEADER.FIELDS ("+strings.Join(headerFields, " ")+")] "+lit(head+"\r\n\r\n"))
	}
	return all
}

func lit(s string) string { return fmt.Sprintf("{%d}\r\n%s", len(s), s) }

// within10s fails the test if f has not returned by then: a bound against hanging.
func within10s(t *testing.T, what string, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("%s hangs", what)
		return nil
	}
}
