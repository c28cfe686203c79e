package e2e

import (
	"testing"

	"go.uber.org/goleak"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

const (
	patience = housetest.Patience
	planted  = housetest.Planted
)

var (
	must       = housetest.Must
	eventually = housetest.Eventually
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(housetest.Building(m, 6)) }

// A house is an installation in a test's hands.
type house struct{ *housetest.House }

// newHouse makes a house with channels, given as YAML, on a database of its own.
func newHouse(t *testing.T, channels ...string) house {
	t.Helper()
	return newHouseOn(t, localpg.Test(t), channels...)
}

func newHouseOn(t *testing.T, database string, channels ...string) house {
	t.Helper()
	return house{housetest.NewOn(t, database, housetest.Settings, channels...)}
}
