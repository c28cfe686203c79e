//go:build long

package e2e

import (
	"testing"
	"time"
)

func TestLongRedisIsAway(t *testing.T) { redisAway(t, time.Minute) }

func TestLongPostgresIsKilled(t *testing.T) { postgresKilled(t, 2, time.Minute) }
