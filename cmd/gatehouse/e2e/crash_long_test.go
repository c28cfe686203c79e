//go:build long

package e2e

import (
	"testing"
	"time"
)

func TestLongRedisIsAway(t *testing.T) {
	t.Parallel()
	redisAway(t, time.Minute)
}

func TestLongPostgresIsKilled(t *testing.T) {
	t.Parallel()
	postgresKilled(t, 2, time.Minute)
}
