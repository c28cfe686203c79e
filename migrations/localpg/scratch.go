package localpg

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Scratch makes a database of its own, named after prefix, in the server at
// address, and returns its URL and what drops it again. It touches nothing
// else there.
func Scratch(ctx context.Context, address, prefix string) (url string, drop func(context.Context) error, err error) {
	name := prefix + strings.ToLower(rand.Text()[:10])
	do := func(ctx context.Context, statement string) error {
		return connect(ctx, address, func(c *pgx.Conn) error {
			_, err := c.Exec(ctx, statement)
			return err
		})
	}
	if err := do(ctx, "create database "+quote(name)); err != nil {
		return "", nil, fmt.Errorf("make database %s: %w", name, err)
	}
	return with(address, name), func(ctx context.Context) error {
		return do(ctx, "drop database if exists "+quote(name)+" with (force)")
	}, nil
}
