package channeltest

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/smpp/smpptest"
)

// vectorPDU is what a message centre writes on a bind.
type vectorPDU struct {
	Hex string `json:"hex"`
}

// centrePatience bounds what hangs.
const centrePatience = 30 * time.Second

// smpp lets a poller bind to a centre that writes the PDUs, and compares what
// it stores and answers.
func (v Vector) smpp(t *testing.T, k channels.Kind, more map[string]any) {
	if k.Poller == nil {
		t.Fatalf("kind %s has no poller", k.Name)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	answers := make(chan []string, 1)
	go func() { answers <- v.centre(l) }()
	all := map[string]any{"addresses": l.Addr().String(), "system_id": "dummy", "password": "dummy", "answer_timeout": "2s"}
	maps.Copy(all, more)
	p, err := k.Poller(Settings(v.settings(t, all)), v.host())
	if err != nil {
		t.Fatalf("the channel does not open: %v", err)
	}
	store := NewStore()
	store.JoinFor(k)
	in := NewSession(store, Channel, k.Family)
	got := follow(t, p, in, answers)
	fresh := store.Messages()
	checkStored(t, k, fresh)
	if v.Expect.Verdict == "reject" {
		if len(fresh)+len(store.Parts())+in.Besides.Ignored > 0 || len(got) != 1 || got[0] == "0" {
			t.Errorf("refused, but %d stored, %d counted, and answered %q", len(fresh), in.Besides.Ignored, got)
		}
		return
	}
	for i, status := range got {
		if status != "0" || len(got) != len(v.PDUs) {
			t.Errorf("PDU %d of %d is answered %s", i, len(v.PDUs), status)
		}
	}
	v.checkAccepted(t, k, fresh, in.Besides.Ignored)
}

// follow polls until the centre is done, or the session ends.
func follow(t *testing.T, p channels.Poller, in *Session, answers <-chan []string) []string {
	ctx, done := context.WithTimeout(t.Context(), centrePatience)
	defer done()
	var got []string
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		got = <-answers
		done()
	}()
	var err error
	for err == nil && ctx.Err() == nil {
		if err = p.Poll(ctx, in); err == nil {
			err = p.Wait(ctx)
		}
	}
	_ = p.Close() // a connection that broke may say so
	<-heard
	return got
}

// centre serves one bind: it writes each PDU and reads its answer, a status, or
// how the client left instead.
func (v Vector) centre(l net.Listener) (answers []string) {
	conn, err := l.Accept()
	if err != nil {
		return []string{err.Error()}
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(centrePatience)) // a closed one says so itself
	if _, err := answerTo(conn, nil); err != nil {
		return []string{err.Error()}
	}
	for _, p := range v.PDUs {
		b, err := hex.DecodeString(p.Hex)
		if err != nil || len(b) < 16 {
			return append(answers, "no PDU")
		}
		status, err := answerTo(conn, b)
		if err != nil {
			return append(answers, err.Error())
		}
		answers = append(answers, fmt.Sprint(status))
	}
	return answers
}

// answerTo writes a PDU and returns the status of its answer. Before the first,
// nil, it lets the client bind.
func answerTo(conn net.Conn, written smpptest.PDU) (uint32, error) {
	if written != nil {
		if _, err := conn.Write(written); err != nil {
			return 0, err
		}
		if whole := smpptest.PDU(written).Whole(); !whole {
			_ = conn.(*net.TCPConn).CloseWrite() // then there is nothing to read, either
		}
	}
	for {
		p, err := smpptest.Read(conn)
		switch {
		case err != nil:
			return 0, err
		case p.ID() == smpptest.EnquireLink:
			_, err = conn.Write(smpptest.Make(p.ID()|smpptest.Response, 0, p.Sequence(), nil))
		case written == nil:
			_, err = conn.Write(smpptest.Make(p.ID()|smpptest.Response, 0, p.Sequence(), []byte("centre\x00")))
			return 0, err
		case p.Sequence() == written.Sequence():
			return p.Status(), nil
		}
		if err != nil {
			return 0, err
		}
	}
}
