package oauth

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/seal"
)

// A link is the id of a consent, when it expires, and a signature over both: a
// forged one is refused without asking the store.
const (
	linkFor  = "consent link"
	linkData = len(ingest.ID{}) + 8
	linkLen  = linkData + 32
)

var errNoLink = errors.New("this link is not one of ours, or has expired")

// Link is the last part of a consent's address.
func Link(ring *seal.Ring, c ingest.Consent) string {
	data := binary.BigEndian.AppendUint64(c.ID[:], uint64(c.ExpiresAt.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(data, ring.Sign(data, linkFor)...))
}

// readLink returns the consent that a link is for.
func readLink(ring *seal.Ring, link string, now time.Time) (id ingest.ID, err error) {
	b, err := base64.RawURLEncoding.DecodeString(link)
	if err != nil || len(b) != linkLen || !ring.Signed(b[:linkData], linkFor, b[linkData:]) {
		return id, errNoLink
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(b[len(id):])) {
		return id, errNoLink
	}
	copy(id[:], b)
	return id, nil
}
