//go:build long

package postgres_test

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

func TestLongLawsHoldInRandomHistories(t *testing.T) {
	seed := seedOf(t)
	for n := range uint64(3) {
		t.Run(fmt.Sprint(seed+n), func(t *testing.T) { liveThrough(t, seed+n, time.Minute) })
	}
}

func TestLongCutAfterEveryStatement(t *testing.T) { cutAll(t, true) }

func TestLongModel(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	must(t, checks.Set("500"))
	defer func() { must(t, checks.Set(before)) }()
	runModel(t)
}

func TestLongRaces84(t *testing.T) {
	for name, race := range map[string]func(*siege){
		"84a": unblockAllTwice, "84b": deleteAllDuringUnblockAll, "84b at once": bothChoicesAtOnce, "84c": arrivalsDuringUnblockAll,
		"84e": blockUnblockBlock, "84f": banDuringReplay, "84h": roleLostInTheMiddle, "84j": redeliveryAfterPurge,
	} {
		t.Run(name, func(t *testing.T) { besiege(t, 25, race) })
	}
}
