package app

import (
	"context"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// grants is where channels keep what owners granted: nowhere without a
// seal_key. Without a store the settings of a channel can be read all the same.
func grants(c config.Config, s *postgres.Store) channels.Grants {
	switch {
	case len(c.SealKey) == 0:
		return nil
	case s == nil:
		return unreached{}
	}
	return s
}

var errUnreached = ingest.AsTemporary(errors.New("the grant of the mailbox is in the database, which was not asked"))

// unreached is the store where none is asked.
type unreached struct{}

func (unreached) TakeGrant(context.Context, string, time.Duration) (ingest.Grant, error) {
	return ingest.Grant{}, errUnreached
}

func (unreached) RenewGrant(context.Context, string, ingest.Grant) error { return errUnreached }

func (unreached) ReturnGrant(context.Context, string, ingest.Grant, ingest.GrantEnd) error {
	return errUnreached
}

func (unreached) SeedGrant(context.Context, string, ingest.Secret) error { return errUnreached }

func (unreached) GrantVersion(context.Context, string) (int64, error) { return 0, errUnreached }

// reseal seals anew what an older key has sealed, so that it can leave the
// configuration. Mailboxes whose grants do not open say so by themselves; the
// others go on.
func (a *App) reseal(ctx context.Context) {
	n, err := a.Store.Reseal(ctx)
	if n > 0 {
		a.Log.Info("sealed anew with the first seal_key", "secrets", n)
	}
	if err != nil {
		a.Log.Error("not all secrets are sealed with the first seal_key", "error", err)
	}
}
