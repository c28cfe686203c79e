package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
)

var sqlAsOf = statement("as_of")

// asOfGood is how long a list may be ordered by.
const asOfGood = time.Hour

// asOf names the present moment to whoever is about to read a list: what is
// held later was not shown. It has to be asked before the list.
func (s *Store) asOf(ctx context.Context) (string, error) {
	var snapshot string
	var key []byte
	if err := s.pool.QueryRow(ctx, sqlAsOf).Scan(&snapshot, &key); err != nil {
		return "", err
	}
	return signMoment(key, snapshot, s.now()), nil
}

// moment gives the snapshot that a token names, the present one for "". A token
// that was not given out is ingest.ErrAsOf, one that is too old
// ingest.ErrListStale.
func (s *Store) moment(ctx context.Context, q querier, token string) (string, error) {
	var snapshot string
	var key []byte
	if err := q.QueryRow(ctx, sqlAsOf).Scan(&snapshot, &key); err != nil {
		return "", err
	}
	if token == "" {
		return snapshot, nil
	}
	snapshot, at, err := readMoment(key, token)
	if err == nil && s.now().Sub(at) > asOfGood {
		err = ingest.ErrListStale
	}
	return snapshot, err
}

// signMoment makes a token: HMAC-SHA256 before the seconds of the time and the
// snapshot, in base64url.
func signMoment(key []byte, snapshot string, at time.Time) string {
	says := fmt.Sprintf("%d %s", at.Unix(), snapshot)
	return base64.RawURLEncoding.EncodeToString(append(momentMAC(key, says), says...))
}

func readMoment(key []byte, token string) (string, time.Time, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < sha256.Size {
		return "", time.Time{}, ingest.ErrAsOf
	}
	says := string(b[sha256.Size:])
	if !hmac.Equal(b[:sha256.Size], momentMAC(key, says)) {
		return "", time.Time{}, ingest.ErrAsOf
	}
	seconds, snapshot, _ := strings.Cut(says, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return "", time.Time{}, ingest.ErrAsOf
	}
	return snapshot, time.Unix(n, 0), nil
}

func momentMAC(key []byte, says string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(says))
	return mac.Sum(nil)
}
