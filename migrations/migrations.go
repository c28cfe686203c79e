// Package migrations is the schema: SQL files, forward only, each safe while
// the version before it still runs. Several programs may start at once: one
// migrates, the others wait for it.
package migrations

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// Up brings the database at url to the newest version and returns the names of
// the files it applied. Starters that come at the same time wait for each
// other on a lock.
func Up(ctx context.Context, url string) ([]string, error) {
	var applied []string
	err := with(url, func(p *goose.Provider) error {
		results, err := p.Up(ctx)
		for _, r := range results {
			applied = append(applied, r.Source.Path)
		}
		return err
	})
	if err != nil {
		return applied, fmt.Errorf("migrate: %w", err)
	}
	return applied, nil
}

// Status is one file and when it was applied; the zero time: not yet.
type Status struct {
	File    string    `json:"file"`
	Applied time.Time `json:"applied"`
}

// List returns all files, oldest first.
func List(ctx context.Context, url string) ([]Status, error) {
	var list []Status
	err := with(url, func(p *goose.Provider) error {
		rows, err := p.Status(ctx)
		for _, r := range rows {
			list = append(list, Status{r.Source.Path, r.AppliedAt})
		}
		return err
	})
	return list, err
}

// A starter that finds the lock taken asks again each second, for five minutes.
// The lock is a row, not the session's: a pooler may stand between.
const (
	lockEvery = time.Second
	lockTries = 300
)

func with(url string, do func(*goose.Provider) error) error {
	cfg, err := pgxpool.ParseConfig(url) // the same URL as the store's, pool_… included
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*cfg.ConnConfig)
	defer db.Close()
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(lockEvery, lockTries))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithLocker(locker))
	if err != nil {
		return err
	}
	return do(p)
}
