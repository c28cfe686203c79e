package imap

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

const slack = 64 << 10 // octets a body may exceed the server's list: some count line ends otherwise

// fill gets the bodies of a batch and hands over each slot as it is ready.
// What did not come is asked for alone. After an error the connection is gone
// and the slots that are left have no body.
func (p *Poller) fill(ctx context.Context, f *folder, slots []*slot, got func(*slot)) error {
	err := p.fillHeaders(slots)
	if err == nil {
		err = p.fillBodies(f, slots, got)
	}
	if err == nil {
		err = p.fillMissing(f, slots, got)
	}
	if err != nil && ctx.Err() == nil {
		p.blame(f, slots, err)
	}
	return err
}

// blame notes what the end of a connection tells, and goes on with one message
// at a time.
func (p *Poller) blame(f *folder, slots []*slot, err error) {
	p.window = 1
	if huge := (*errHuge)(nil); errors.As(err, &huge) {
		f.note(huge.uid, func(n *note) { n.size = huge.size })
	}
	if len(slots) == 1 && slots[0].road != ready {
		f.note(slots[0].uid, func(n *note) { n.endings, n.guilty, n.witnessed = n.endings+1, n.witnessed, false })
	}
}

// fillHeaders gets the headers of mails that are too large; what the list gave
// of them must do where they are refused.
func (p *Poller) fillHeaders(slots []*slot) error {
	for _, s := range slots {
		if s.road != oversized {
			continue
		}
		header, err := p.conn.header(s.uid)
		if err != nil && refusal(err) == nil {
			return err
		}
		if s.raw = header; len(header) == 0 {
			s.raw = s.header
		}
	}
	return nil
}

func (p *Poller) fillBodies(f *folder, slots []*slot, got func(*slot)) error {
	want := map[imap.UID]*slot{}
	var uids []imap.UID
	var expect int64
	for _, s := range slots {
		if s.road == toRead {
			want[s.uid], uids, expect = s, append(uids, s.uid), expect+s.size
		}
	}
	if len(uids) == 0 {
		return nil
	}
	room := func(uid imap.UID) int64 {
		if s := want[uid]; s != nil {
			return s.room()
		}
		return 0
	}
	err := p.conn.bodies(imap.UIDSetNum(uids...), expect, room, func(it item) {
		if s := want[it.uid]; s != nil && s.accept(f, it) {
			got(s)
		}
	})
	if refusal(err) != nil {
		return nil // alone it shows whom the server means
	}
	return err
}

// fillMissing asks for what did not come: one by one, unless it is gone.
func (p *Poller) fillMissing(f *folder, slots []*slot, got func(*slot)) error {
	var missing []*slot
	var uids []imap.UID
	for _, s := range slots {
		if s.road == toRead && !s.over {
			missing, uids = append(missing, s), append(uids, s.uid)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	there, err := p.conn.present(uids)
	if err != nil {
		return err
	}
	for _, s := range missing {
		if !there[s.uid] {
			s.road, s.gone = passed, true
		} else if err := p.fillAlone(f, s, got); err != nil {
			return err
		}
	}
	return nil
}

func (p *Poller) fillAlone(f *folder, s *slot, got func(*slot)) error {
	it, err := p.conn.alone(s.uid, s.room())
	switch {
	case refusal(err) != nil:
		s.refused = err
	case err != nil:
		return err
	case it.uid == 0:
		s.road, s.gone = passed, true
	case s.accept(f, it):
		got(s)
	case !s.over:
		s.refused = noBody()
	}
	return nil
}

// room is the largest body that the slot takes.
func (s *slot) room() int64 { return s.size + slack }

// accept takes a body if it is there. NIL is none, unless the mail is empty,
// nor is one of another length than listed, if the connection ended after it.
func (s *slot) accept(f *folder, it item) bool {
	if it.over > 0 {
		s.over = true
		if n := f.note(s.uid, func(n *note) { n.size = it.over; n.refusals++ }); n.refusals >= maxRefused {
			s.giveUp("its size is another each time")
		}
		return false
	}
	if it.body == nil || len(it.body) == 0 && s.size > 0 || it.torn && int64(len(it.body)) != s.size {
		return false
	}
	s.raw, s.road, s.came = it.body, ready, true
	return true
}

// noBody stands for the refusal that a server does not put into words.
func noBody() error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "it lists the message and sends no body"}
}
