package imap

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// A cursor is the place reached in a folder. Its text, as the store keeps it,
// is "v=VALIDITY uid=LAST", followed by " old=UID" or " again=UID" while mail
// is being read that stood there at first, and by " due=UIDS" while something
// is still to be done at the server.
type cursor struct {
	validity uint32
	last     imap.UID    // every UID up to it is stored, or was not to be read
	old      imap.UID    // up to it mail stood there before: at the first connection,
	again    bool        // or when UIDVALIDITY changed, so that it may be known already
	due      imap.UIDSet // stored, but `after` is not yet done at the server
}

func (c cursor) String() string {
	if c.validity == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "v=%d uid=%d", c.validity, c.last)
	if c.last < c.old {
		name := "old"
		if c.again {
			name = "again"
		}
		fmt.Fprintf(&b, " %s=%d", name, c.old)
	}
	if len(c.due) > 0 {
		fmt.Fprintf(&b, " due=%s", c.due)
	}
	return b.String()
}

// parseCursor reads what String wrote; "" is the zero cursor.
func parseCursor(s string) (cursor, error) {
	var c cursor
	for _, field := range strings.Fields(s) {
		name, value, _ := strings.Cut(field, "=")
		if err := c.set(name, value); err != nil {
			return cursor{}, fmt.Errorf("cursor %q: %w", s, err)
		}
	}
	if s != "" && c.validity == 0 {
		return cursor{}, fmt.Errorf("cursor %q: no validity", s)
	}
	return c, nil
}

func (c *cursor) set(name, value string) error {
	if name == "due" {
		return c.setDue(value)
	}
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil {
		return err
	}
	switch name {
	case "v":
		c.validity = uint32(n)
	case "uid":
		c.last = imap.UID(n)
	case "old", "again":
		c.old, c.again = imap.UID(n), name == "again"
	default:
		return fmt.Errorf("unknown field %q", name)
	}
	return nil
}

func (c *cursor) setDue(value string) error {
	for _, r := range strings.Split(value, ",") {
		from, to, ranged := strings.Cut(r, ":")
		if !ranged {
			to = from
		}
		a, errA := strconv.ParseUint(from, 10, 32)
		b, errB := strconv.ParseUint(to, 10, 32)
		if errA != nil || errB != nil || a == 0 || b < a {
			return fmt.Errorf("bad UIDs %q", r)
		}
		c.due.AddRange(imap.UID(a), imap.UID(b))
	}
	return nil
}

// recheck reports whether the message may be known from another UIDVALIDITY.
func (c cursor) recheck(uid imap.UID) bool { return c.again && uid <= c.old }
