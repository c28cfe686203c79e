package postgres

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlSignInTry    = statement("sign_in_try")
	sqlSignInForget = statement("sign_in_forget")
)

// How many tries fail before there are pauses: with one login from anywhere,
// and from one address with any login, since many people may share one.
const (
	freeOfLogin   = 5
	freeOfAddress = 30
)

func triesOf(t ingest.SignInTry) (login, address []byte) {
	l, a := hashBytes([]byte("login\x00"+t.Login)), hashBytes([]byte("address\x00"+t.Address))
	return l[:], a[:]
}

// TrySignIn counts a try before its password is looked at. A login that nobody
// has counts like any other. While login or address pauses nothing is counted,
// and until tells when the next try is allowed; else it is zero.
func (s *Store) TrySignIn(ctx context.Context, t ingest.SignInTry) (until time.Time, err error) {
	login, address := triesOf(t)
	keys, free := [][]byte{login, address}, []int{freeOfLogin, freeOfAddress}
	if bytes.Compare(login, address) > 0 {
		keys, free = [][]byte{address, login}, []int{freeOfAddress, freeOfLogin}
	}
	var paused *time.Time
	if err := s.pool.QueryRow(ctx, sqlSignInTry, keys, free, s.now()).Scan(&paused); err != nil {
		return until, classify(err)
	}
	if paused != nil {
		until = *paused
	}
	return until, nil
}

// SignedIn takes a try back that succeeded, and those of the login before it.
func (s *Store) SignedIn(ctx context.Context, t ingest.SignInTry) error {
	login, address := triesOf(t)
	_, err := s.pool.Exec(ctx, sqlSignInForget, login, address)
	return classify(err)
}

// FreeLogin ends the pauses of a person's login.
func (s *Store) FreeLogin(ctx context.Context, user int64, actor string) error {
	u, err := s.User(ctx, user)
	if err != nil {
		return err
	}
	login, _ := triesOf(ingest.SignInTry{Login: u.Login})
	return s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlSignInForget, login, nil); err != nil {
			return err
		}
		return record(ctx, tx, actor, "user.free", userSubject(user), nil)
	})
}
