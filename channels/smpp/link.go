package smpp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"gatehouse/ingest"
)

// maxUnanswered bounds the memory of what one link has taken and not answered.
const maxUnanswered = 4 << 20

// A link is one bound connection. One goroutine reads it: it answers what
// needs no store, and hands deliveries to the poller, which answers them.
type link struct {
	conn   net.Conn
	in     *bufio.Reader
	inbox  *inbox
	config *config
	log    *slog.Logger
	ended  chan struct{} // closed when nothing is read any longer
	pen    chan struct{} // whoever writes has it

	next    uint32 // the last sequence of ours, and the answers written to
	answers int    // deliveries: of whoever has the pen

	mu     sync.Mutex
	err    error     // why it ended
	probe  uint32    // the enquire_link that waits for its answer; 0: none
	mark   int       // answers that had been written before it
	wrote  int       // answers in all
	sure   int       // answers of which the centre has shown that it read them
	probed time.Time // when the last probe was sent
}

// A parcel is a delivery in hand.
type parcel struct {
	pdu
	from *link
	at   time.Time // on the clock of timeouts
}

func newLink(conn net.Conn, in *inbox, c *config, log *slog.Logger) *link {
	l := &link{
		conn: conn, in: bufio.NewReader(conn), inbox: in, config: c, log: log,
		ended: make(chan struct{}), pen: make(chan struct{}, 1), next: 1,
	}
	go l.run()
	return l
}

var (
	errSilent  = errors.New("the centre does not answer")
	errUnbound = errors.New("the centre ended the session")
)

// run reads until the connection ends.
func (l *link) run() {
	defer close(l.ended)
	for {
		p, err := l.read()
		if err == nil {
			err = l.take(p)
		}
		if err != nil {
			l.fail(err)
			return
		}
	}
}

// read waits for a PDU. Where none comes for a while it asks whether the centre
// is there; one that does not say so in time is not.
func (l *link) read() (pdu, error) {
	asked := false
	for {
		wait := l.config.EnquireEvery
		if asked {
			wait = l.config.AnswerTimeout
		}
		if err := l.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return pdu{}, err
		}
		_, err := l.in.Peek(1)
		switch {
		case err == nil:
			return l.readWhole()
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return pdu{}, err
		case asked:
			return pdu{}, errSilent
		}
		if err := l.ask(enquireLink); err != nil {
			return pdu{}, err
		}
		asked = true
	}
}

// readWhole reads a PDU that has begun. What cannot be told apart from the next
// is said to the centre, and ends the connection.
func (l *link) readWhole() (pdu, error) {
	if err := l.conn.SetReadDeadline(time.Now().Add(l.config.AnswerTimeout)); err != nil {
		return pdu{}, err
	}
	p, err := readPDU(l.in)
	if errors.Is(err, errFraming) {
		_ = l.write(p.nack(invalidCommandLength)) // the connection ends in any case
	}
	return p, err
}

// take does what a PDU asks for.
func (l *link) take(p pdu) error {
	switch p.id {
	case deliverSM, dataSM:
		if !l.inbox.put(parcel{p, l, time.Now()}) {
			return l.write(p.answer(queueFull))
		}
	case enquireLink:
		return l.write(p.answer(statusOK))
	case enquireLink | response, genericNack:
		l.shown(p.sequence)
	case unbind:
		_ = l.write(p.answer(statusOK)) // it leaves whether it reads that or not
		return errUnbound
	case unbind | response:
		return errUnbound
	case alertNotification, outbind: // these have no answer (§4.1.7, §4.12.1)
	default:
		if p.id&response == 0 {
			return l.write(p.nack(invalidCommandID))
		}
	}
	return nil
}

func (l *link) write(p pdu) error {
	l.pen <- struct{}{}
	defer func() { <-l.pen }()
	return l.put(p)
}

// put writes a PDU for whoever has the pen.
func (l *link) put(p pdu) error {
	if err := l.broken(); err != nil {
		return err
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(l.config.AnswerTimeout)); err != nil {
		return err
	}
	_, err := l.conn.Write(p.octets())
	return err
}

// ask writes a request of our own.
func (l *link) ask(id command) error {
	l.pen <- struct{}{}
	defer func() { <-l.pen }()
	l.next = l.next%maxSequence + 1
	if id == enquireLink {
		l.mu.Lock()
		l.probe, l.mark, l.probed = l.next, l.answers, time.Now()
		l.mu.Unlock()
	}
	return l.put(pdu{id: id, sequence: l.next})
}

// shown notes that the centre has answered: it has read all that was written
// before.
func (l *link) shown(sequence uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sequence == l.probe && l.probe != 0 {
		l.sure, l.probe = l.mark, 0
		l.inbox.stir()
	}
}

// reply answers a delivery and returns how many answers the link has written.
func (l *link) reply(p pdu, s status) (mark int, err error) {
	l.pen <- struct{}{}
	defer func() { <-l.pen }()
	if err := l.put(p.answer(s)); err != nil {
		return 0, err
	}
	l.answers++
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrote = l.answers
	return l.answers, nil
}

// confirmed is how many answers the centre has surely read. Where there are
// more it is asked to show it, once a second at most.
func (l *link) confirmed() (sure int, wait time.Duration) {
	l.mu.Lock()
	sure, unsure := l.sure, l.wrote > l.sure && l.probe == 0 && l.err == nil
	wait = probeEvery - time.Since(l.probed)
	l.mu.Unlock()
	if !unsure || wait > 0 {
		return sure, when(unsure, wait)
	}
	if err := l.ask(enquireLink); err != nil {
		l.fail(err)
	}
	return sure, 0
}

const probeEvery = time.Second

// fail ends the link for a reason; the first one counts.
func (l *link) fail(err error) {
	l.mu.Lock()
	if l.err == nil {
		l.err = ingest.AsTemporary(err)
	}
	l.mu.Unlock()
	l.conn.Close()
	l.inbox.stir()
}

// broken is why the link ended; nil: it has not.
func (l *link) broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *link) dead() bool { return l.broken() != nil }

// close unbinds, waits a moment for the centre to agree, and hangs up.
func (l *link) close(ctx context.Context) {
	left := make(chan struct{})
	go func() {
		defer close(left)
		if l.ask(unbind) == nil {
			<-l.ended
		}
	}()
	select {
	case <-left:
	case <-ctx.Done():
	}
	l.fail(fmt.Errorf("closed: %w", net.ErrClosed))
	<-l.ended
	<-left
}
