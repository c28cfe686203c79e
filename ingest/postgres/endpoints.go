package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
	"gatehouse/ingest/signing"
)

var (
	sqlEndpointMake   = statement("endpoint_make")
	sqlEndpointKeyAdd = statement("endpoint_key_add")
	sqlEndpointKeyEnd = statement("endpoint_key_end")
	sqlEndpointLock   = statement("endpoint_lock")
	sqlEndpointChange = statement("endpoint_change")
	sqlEndpointDelete = statement("endpoint_delete")
	sqlEndpointPause  = statement("endpoint_pause")
	sqlEndpointResume = statement("endpoint_resume")
	sqlEndpointsRead  = statement("endpoints_read")
)

// forEndpointURL and forEndpointKey bind what is sealed to its endpoint.
func forEndpointURL(id ingest.ID) string { return "endpoint " + id.String() + " url" }
func forEndpointKey(id ingest.ID) string { return "endpoint " + id.String() + " key" }

// errNoSealFor is for people who could set the key.
var errNoSealFor = fmt.Errorf("%w: %w", errNoSeal, ingest.ErrConflict)

// MakeEndpoint makes an endpoint, which is told of events from now on.
// ErrConflict: there are as many as there may be, or nothing can be sealed.
func (s *Store) MakeEndpoint(ctx context.Context, o ingest.EndpointOrder) (ingest.ID, error) {
	if err := o.Check(); err != nil {
		return ingest.ID{}, err
	}
	now := s.now()
	o.ID = ingest.NewID(now)
	err := s.tx(ctx, func(tx pgx.Tx) error {
		c, err := s.endpointColumns(ctx, o)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlEndpointMake, o.ID, c.url, o.Host, c.description, given0(o.Types), given0(c.channels),
			*o.Format, o.Scheme, now, text(o.Actor), ingest.MaxEndpoints)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("there are %d endpoints already, which is the most: delete one: %w", ingest.MaxEndpoints, ingest.ErrConflict)
		}
		if err := s.addEndpointKey(ctx, tx, o.ID, o.Key, now); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, o.Actor, "endpoint.create", o.ID, map[string]any{"types": o.Types, "format": *o.Format, "scheme": o.Scheme})
	})
	if err != nil {
		return ingest.ID{}, fmt.Errorf("make endpoint: %w", err)
	}
	return o.ID, nil
}

// given0 is a list for a column that has no null.
func given0[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// endpointColumns are what of an order the row has in another form; nil keeps.
type endpointColumns struct {
	url         []byte
	host        *string
	description *string
	channels    []int32
}

func (s *Store) endpointColumns(ctx context.Context, o ingest.EndpointOrder) (c endpointColumns, err error) {
	if o.URL != nil {
		if s.seal == nil {
			return c, errNoSealFor
		}
		host := text(o.Host)
		c.host = &host
		if c.url, err = s.sealed(ingest.Secret(*o.URL), forEndpointURL(o.ID)); err != nil {
			return c, err
		}
	}
	if o.Description != nil {
		said := text(*o.Description)
		c.description = &said
	}
	for _, name := range o.Channels {
		known, err := s.channel(ctx, name)
		if err != nil {
			return c, ingest.AsInvalid(fmt.Errorf("channels: there is no channel %s", name))
		}
		c.channels = append(c.channels, known.ID)
	}
	if o.Channels != nil {
		c.channels = given0(c.channels)
	}
	return c, nil
}

func (s *Store) addEndpointKey(ctx context.Context, tx pgx.Tx, id ingest.ID, key ingest.Secret, now time.Time) error {
	if s.seal == nil {
		return errNoSealFor
	}
	blob, err := s.sealed(key, forEndpointKey(id))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlEndpointKeyAdd, id, blob, now)
	return err
}

func recordEndpoint(ctx context.Context, tx pgx.Tx, actor, action string, id ingest.ID, data any) error {
	return record(ctx, tx, actor, action, "endpoint:"+id.String(), data)
}

// changeEndpoint runs do with the endpoint's row locked: no delivery of it is
// taken meanwhile.
func (s *Store) changeEndpoint(ctx context.Context, id ingest.ID, do func(tx pgx.Tx, version int64) error) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		var version int64
		if err := tx.QueryRow(ctx, sqlEndpointLock, id).Scan(&version); err != nil {
			return fmt.Errorf("endpoint %s: %w", id, classify(err))
		}
		return do(tx, version)
	})
}

// ChangeEndpoint changes what is given. A filter holds for events that the
// endpoint has not come to yet. ErrStale: it is not what was read.
func (s *Store) ChangeEndpoint(ctx context.Context, o ingest.EndpointOrder) error {
	if err := o.Check(); err != nil {
		return err
	}
	return s.changeEndpoint(ctx, o.ID, func(tx pgx.Tx, version int64) error {
		if o.Version != 0 && o.Version != version {
			return ingest.ErrStale
		}
		c, err := s.endpointColumns(ctx, o)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlEndpointChange, o.ID, c.url, c.host, c.description, o.Types, c.channels, o.Format); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, o.Actor, "endpoint.change", o.ID, map[string]any{"url": o.URL != nil, "types": o.Types, "format": o.Format})
	})
}

// DeleteEndpoint removes an endpoint with all that waits for it.
func (s *Store) DeleteEndpoint(ctx context.Context, id ingest.ID, actor string) error {
	return s.changeEndpoint(ctx, id, func(tx pgx.Tx, _ int64) error {
		if _, err := tx.Exec(ctx, sqlEndpointDelete, id); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, actor, "endpoint.delete", id, nil)
	})
}

// RotateEndpoint gives an endpoint a new key of its scheme; those before it sign
// too for as long as keep.
func (s *Store) RotateEndpoint(ctx context.Context, id ingest.ID, key ingest.Secret, keep time.Duration, actor string) error {
	now := s.now()
	return s.changeEndpoint(ctx, id, func(tx pgx.Tx, _ int64) error {
		if _, err := tx.Exec(ctx, sqlEndpointKeyEnd, id, now.Add(keep)); err != nil {
			return err
		}
		if err := s.addEndpointKey(ctx, tx, id, key, now); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, actor, "endpoint.rotate", id, map[string]any{"keep": keep.String()})
	})
}

// PauseEndpoint has nothing delivered for now.
func (s *Store) PauseEndpoint(ctx context.Context, id ingest.ID, actor string) error {
	return s.changeEndpoint(ctx, id, func(tx pgx.Tx, _ int64) error {
		if _, err := tx.Exec(ctx, sqlEndpointPause, id, s.now()); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, actor, "endpoint.pause", id, nil)
	})
}

// ResumeEndpoint goes on where it was paused or switched off: nothing between is
// left out, as far as it is still kept.
func (s *Store) ResumeEndpoint(ctx context.Context, id ingest.ID, actor string) error {
	return s.changeEndpoint(ctx, id, func(tx pgx.Tx, _ int64) error {
		if _, err := tx.Exec(ctx, sqlEndpointResume, id, s.now()); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, actor, "endpoint.resume", id, nil)
	})
}

// Endpoints lists all endpoints, the oldest first.
func (s *Store) Endpoints(ctx context.Context) ([]ingest.Endpoint, error) {
	return s.endpoints(ctx, ingest.ID{})
}

// Endpoint reads one.
func (s *Store) Endpoint(ctx context.Context, id ingest.ID) (ingest.Endpoint, error) {
	list, err := s.endpoints(ctx, id)
	return one(list, err, "endpoint", id)
}

func (s *Store) endpoints(ctx context.Context, id ingest.ID) ([]ingest.Endpoint, error) {
	rows, err := s.pool.Query(ctx, sqlEndpointsRead, id, s.now())
	if err != nil {
		return nil, fmt.Errorf("endpoints: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, s.scanEndpoint)
	if err != nil {
		return nil, fmt.Errorf("endpoints: %w", classify(err))
	}
	return list, nil
}

// scanEndpoint reads an endpoint. One whose URL does not open, because the key
// it was sealed with is gone, has none.
func (s *Store) scanEndpoint(row pgx.CollectableRow) (e ingest.Endpoint, err error) {
	var url, key []byte
	var paused, off bool
	err = row.Scan(&e.ID, &url, &e.Host, &e.Description, &e.Types, &e.Channels, &e.Format, &e.Scheme, &paused, &off, &e.OffReason,
		&e.FailingSince, &e.LastOKAt, &e.LastErrorAt, &e.LastError, &e.MissedAt, &e.LagS, &e.Pending, &e.Dead,
		&e.CreatedAt, &e.CreatedBy, &e.Version, &key)
	if err != nil {
		return e, err
	}
	e.State, e.LagS = e.Shows(paused, off), max(e.LagS, 0)
	if opened, err := s.opened(url, forEndpointURL(e.ID)); err == nil {
		e.URL = string(opened)
	}
	if e.Scheme == ingest.SchemeV1a {
		e.PublicKey = s.publicKey(e.ID, key)
	}
	return e, nil
}

// publicKey is the other side's half of a sealed key; "" if it does not open.
func (s *Store) publicKey(id ingest.ID, blob []byte) string {
	opened, err := s.opened(blob, forEndpointKey(id))
	if err != nil {
		return ""
	}
	key, err := signing.Parse(string(opened))
	if err != nil {
		return ""
	}
	return key.Public()
}
