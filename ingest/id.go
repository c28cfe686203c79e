package ingest

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// An ID is a UUID (RFC 9562). Ours are version 7: they grow with time, which
// keeps indexes compact, but they order nothing; Message.Seq does.
type ID [16]byte

// NewID returns a fresh version 7 UUID for the moment now.
func NewID(now time.Time) ID {
	var id ID
	_, _ = rand.Read(id[6:]) // crypto/rand.Read never fails (Go 1.24)
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Before returns the least id of the moment that lies so long before the id's.
func (id ID) Before(d time.Duration) ID {
	var ms [8]byte
	copy(ms[2:], id[:6])
	var first ID
	binary.BigEndian.PutUint64(ms[:], uint64(max(int64(binary.BigEndian.Uint64(ms[:]))-d.Milliseconds(), 0)))
	copy(first[:6], ms[2:])
	return first
}

// IsZero reports whether the id was never set.
func (id ID) IsZero() bool { return id == ID{} }

// String gives the form of RFC 9562 §4, or "" for the zero id.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

var errBadID = errors.New("not an id: want 8-4-4-4-12 hexadecimal digits")

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, errBadID
	}
	hexed := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(id[:], []byte(hexed)); err != nil {
		return ID{}, errBadID
	}
	return id, nil
}

// MarshalText writes String's form; the zero id is "".
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads String's form; "" is the zero id.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(b))
	if err == nil {
		*id = parsed
	}
	return err
}
