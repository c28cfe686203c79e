package imap

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/ingest"
)

// A conn is a signed-in connection. Its methods are for one goroutine.
type conn struct {
	wire     *wire
	client   *imapclient.Client
	caps     imap.CapSet
	most     int64         // octets of a message's body
	news     chan struct{} // the server said that the folder has grown
	exists   atomic.Uint32 // messages in the folder, as it says
	selected string
}

// heard runs in the library's read goroutine: it may only signal. Some servers
// repeat the number of messages although nothing came: that is no news.
func (c *conn) heard(d *imapclient.UnilateralDataMailbox) {
	if d.NumMessages == nil || c.exists.Swap(*d.NumMessages) == *d.NumMessages {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// gone counts a message that was removed.
func (c *conn) gone() { c.exists.Add(^uint32(0)) }

// watch ends the connection when ctx ends, until the returned function is
// called: no method of the library takes a context.
func (c *conn) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, c.cut)
}

// cut ends the connection under everything that waits for it.
func (c *conn) cut() { _ = c.wire.Close() }

// close cuts first: the library's own Close waits for what is under way.
func (c *conn) close() {
	c.cut()
	_ = c.client.Close()
}

// because adds why the connection ended to an error that came of it: the
// library does not hand that on. c may be nil.
func (c *conn) because(err error) error {
	if c == nil || err == nil || c.wire.why() == nil {
		return err
	}
	return ended{err, c.wire.why()}
}

type ended struct {
	error
	why error
}

func (e ended) Unwrap() []error { return []error{e.error, e.why} }

// refusal returns the server's NO or BAD in err; nil if it is none, for
// instance because the connection ended.
func refusal(err error) *imap.Error {
	var e *imap.Error
	if errors.As(err, &e) && (e.Type == imap.StatusResponseTypeNo || e.Type == imap.StatusResponseTypeBad) {
		return e
	}
	return nil
}

// enter selects a folder, or looks at it afresh, read-only where nothing is to
// be changed (EXAMINE, RFC 9051 §6.3.3).
func (c *conn) enter(folder string, readOnly bool) (*imap.SelectData, error) {
	c.wire.expect(0)
	defer c.wire.rest()
	c.selected = ""
	data, err := c.client.Select(folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
	if err != nil {
		return nil, fmt.Errorf("select %q: %w", folder, ingest.AsTemporary(err))
	}
	c.selected = folder
	c.exists.Store(data.NumMessages)
	return data, nil
}

// search returns the UIDs above `above` that match, growing, at most limit.
func (c *conn) search(criteria *imap.SearchCriteria, above imap.UID, limit int) ([]imap.UID, error) {
	c.wire.expect(0)
	defer c.wire.rest()
	data, err := c.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", ingest.AsTemporary(err))
	}
	switch set := data.All.(type) {
	case imap.UIDSet:
		return expand(set, above, limit), nil
	case imap.SeqSet:
		if len(set) > 0 {
			return nil, errors.New("search: the server answers with sequence numbers")
		}
	}
	return nil, nil
}

// expand lists a set that a server sent, which may be absurdly large.
func expand(set imap.UIDSet, above imap.UID, limit int) []imap.UID {
	var uids []imap.UID
	for _, r := range set {
		for uid := max(r.Start, above+1); uid <= r.Stop && uid > above; uid++ {
			if len(uids) == limit {
				return uids
			}
			uids = append(uids, uid)
		}
	}
	return uids
}

// present returns which of the messages still stand in the folder.
func (c *conn) present(uids []imap.UID) (map[imap.UID]bool, error) {
	found, err := c.search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uids...)}}, 0, len(uids))
	there := map[imap.UID]bool{}
	for _, uid := range found {
		there[uid] = true
	}
	return there, err
}

// sequence returns a message's present sequence number, 0 if it is gone. It
// serves to ask for it in another way only; what comes is told by its UID.
func (c *conn) sequence(uid imap.UID) (uint32, error) {
	c.wire.expect(0)
	defer c.wire.rest()
	data, err := c.client.Search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uid)}}, nil).Wait()
	if err != nil {
		return 0, fmt.Errorf("search: %w", ingest.AsTemporary(err))
	}
	if set, _ := data.All.(imap.SeqSet); len(set) > 0 && set[0].Start == set[0].Stop {
		return set[0].Start, nil
	}
	return 0, nil
}
