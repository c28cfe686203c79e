package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlEndpointSecretsSealed = statement("endpoint_secrets_sealed")
	sqlEndpointURLReseal     = statement("endpoint_url_reseal")
	sqlEndpointKeyReseal     = statement("endpoint_key_reseal")
)

// endpointSecret is an endpoint's URL, or one of its keys.
type endpointSecret struct {
	Endpoint ingest.ID
	Key      int64 // 0: the URL
	Sealed   []byte
}

// resealEndpoints is Reseal's part that is endpoints'.
func (s *Store) resealEndpoints(ctx context.Context) (done int, err error) {
	rows, err := s.pool.Query(ctx, sqlEndpointSecretsSealed)
	if err != nil {
		return 0, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[endpointSecret])
	for _, e := range list {
		if s.seal.Current(e.Sealed) {
			continue
		}
		if failed := s.resealEndpoint(ctx, e); failed != nil {
			err = errors.Join(err, fmt.Errorf("endpoint %s: %w", e.Endpoint, failed))
			continue
		}
		done++
	}
	return done, err
}

func (s *Store) resealEndpoint(ctx context.Context, e endpointSecret) error {
	query, id, purpose := sqlEndpointURLReseal, any(e.Endpoint), forEndpointURL(e.Endpoint)
	if e.Key != 0 {
		query, id, purpose = sqlEndpointKeyReseal, e.Key, forEndpointKey(e.Endpoint)
	}
	secret, err := s.opened(e.Sealed, purpose)
	if err != nil {
		return err
	}
	blob, err := s.sealed(secret, purpose)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, query, id, e.Sealed, blob)
	return err
}
