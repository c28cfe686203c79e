package postgres

import (
	"math/rand/v2"
	"time"
)

// unsafe switches single protections off, so that tests can show what each is
// worth: without the rules lock messages are stranded, without the lanes a
// sender's messages are settled out of order. Nothing outside tests sets it.
type unsafe struct {
	noRulesLock bool
	noLanes     bool
	sleep       time.Duration // up to this long between reading and writing
}

// pause widens the window between reading and writing.
func (u unsafe) pause() {
	if u.sleep > 0 {
		time.Sleep(rand.N(u.sleep))
	}
}
