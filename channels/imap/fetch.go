package imap

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/ingest"
)

// An item is what the server sent of one message.
type item struct {
	uid  imap.UID
	size int64
	date time.Time
	body []byte // nil unless it came whole
	over int64  // what was announced, if that was more than there is room for
	torn bool   // the connection ended after it, perhaps within the response
}

// errHuge says that a body is announced that is too large even to pass over.
type errHuge struct {
	uid  imap.UID
	size int64
}

func (e *errHuge) Error() string {
	return fmt.Sprintf("uid %d: a body of %d octets is announced", e.uid, e.size)
}

// fetch asks for messages and hands over what comes, in the server's order.
// Room is how large a message's literal may be. Nil does not mean that all
// came: the library drops what it cannot match. Unless refusal(err) is set, an
// error means that the connection is gone.
func (c *conn) fetch(set imap.NumSet, o *imap.FetchOptions, expect int64, room func(imap.UID) int64, each func(item)) error {
	c.wire.expect(expect)
	defer c.wire.rest()
	cmd := c.client.Fetch(set, o)
	last := func(bool) {}
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		last(false) // that another one follows shows that it was whole
		it, err := c.read(m, o, room)
		if err == nil {
			last = func(torn bool) { it.torn = torn; each(it) }
			continue
		}
		c.cut()
		if !errors.Is(err, errCut) { // of a body that was cut off the library must not read again
			_ = cmd.Close()
		}
		return err
	}
	err := cmd.Close()
	last(err != nil && refusal(err) == nil)
	if refusal(err) != nil {
		return err
	}
	if err != nil {
		c.cut()
		return ingest.AsTemporary(fmt.Errorf("fetch: %w", err))
	}
	return nil
}

func (c *conn) read(m *imapclient.FetchMessageData, o *imap.FetchOptions, room func(imap.UID) int64) (item, error) {
	var it item
	var other bool
	for d := m.Next(); d != nil; d = m.Next() {
		switch d := d.(type) {
		case imapclient.FetchItemDataUID:
			if it.uid != 0 && it.uid != d.UID {
				other = true
			}
			it.uid = d.UID
		case imapclient.FetchItemDataRFC822Size:
			it.size = d.Size
		case imapclient.FetchItemDataInternalDate:
			it.date = d.Time
		case imapclient.FetchItemDataBodySection:
			if len(o.BodySection) == 0 || d.Section.Specifier != o.BodySection[0].Specifier || len(d.Section.Part) > 0 {
				continue
			}
			if err := c.literal(&it, d.Literal, room(it.uid)); err != nil {
				return it, err
			}
		}
	}
	if other {
		return item{}, nil // whose it is cannot be told
	}
	return it, nil
}

// literal reads a body whole or not at all. Whatever is left of it the library
// passes over.
func (c *conn) literal(it *item, l imap.LiteralReader, room int64) error {
	if l == nil { // NIL
		it.body = []byte{}
		return nil
	}
	if n := l.Size(); n > room {
		it.over = n
		if n > max(c.most, roomForHeader) {
			return &errHuge{it.uid, n}
		}
		return nil
	}
	body := make([]byte, l.Size())
	if _, err := io.ReadFull(l, body); err != nil { // the length alone tells: the library takes any end for that of the body
		return ingest.AsTemporary(errCut)
	}
	it.body = body
	return nil
}

var errCut = errors.New("the connection ended within a body")

// headerFields are what a refusal, the sender and a header print need.
var headerFields = []string{"Message-ID", "Date", "From", "Sender", "Return-Path", "Subject", "Received", "Authentication-Results",
	"Reply-To", "X-Original-From", "X-Original-Sender"}

const roomForHeader = 1 << 20

// list asks for size, date and header of messages.
func (c *conn) list(uids []imap.UID, header bool, each func(item)) error {
	o := &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}
	if header {
		o.BodySection = []*imap.FetchItemBodySection{
			{Peek: true, Specifier: imap.PartSpecifierHeader, HeaderFields: headerFields},
		}
	}
	room := func(imap.UID) int64 { return roomForHeader }
	return c.fetch(imap.UIDSetNum(uids...), o, int64(len(uids))*8<<10, room, each)
}

// bodies asks for whole messages. Peek: nothing is marked as seen.
func (c *conn) bodies(set imap.NumSet, expect int64, room func(imap.UID) int64, each func(item)) error {
	o := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}
	return c.fetch(set, o, expect, room, each)
}

// header asks for the first MiB of a message's header.
func (c *conn) header(uid imap.UID) ([]byte, error) {
	o := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{
		Peek: true, Specifier: imap.PartSpecifierHeader, Partial: &imap.SectionPartial{Size: roomForHeader},
	}}}
	var header []byte
	err := c.fetch(imap.UIDSetNum(uid), o, roomForHeader, func(imap.UID) int64 { return roomForHeader }, func(it item) {
		header = it.body
	})
	return header, err
}

// alone asks for one message that did not come with the others: by its UID,
// and then by its sequence number, for a server that sends the UID after the
// body. The error is the refusal, if it was refused; a nil body without an
// error means that the message is gone.
func (c *conn) alone(uid imap.UID, size int64) (it item, err error) {
	room := func(imap.UID) int64 { return size }
	take := func(got item) {
		if got.uid == uid && (got.body != nil || got.over > 0) {
			it = got
		}
	}
	refused := c.bodies(imap.UIDSetNum(uid), size, room, take)
	if it.uid == uid || refused != nil && refusal(refused) == nil {
		return it, named(refused, uid)
	}
	seq, err := c.sequence(uid)
	if err != nil || seq == 0 {
		return item{}, err
	}
	err = c.bodies(imap.SeqSetNum(seq), size, room, take)
	if it.uid == uid || err != nil && refusal(err) == nil {
		return it, named(err, uid)
	}
	if err == nil {
		err = refused
	}
	if err == nil {
		err = &imap.Error{Type: imap.StatusResponseTypeNo, Text: "the server lists the message and does not send it"}
	}
	return item{}, err
}

// named puts the UID into an announcement of which the UID was not yet known.
func named(err error, uid imap.UID) error {
	if huge := (*errHuge)(nil); errors.As(err, &huge) {
		huge.uid = uid
	}
	return err
}
