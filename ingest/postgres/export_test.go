package postgres

import "time"

// WaitForAncestor is for tests of what waits.
const WaitForAncestor = waitForAncestor

// WithoutRulesLock takes the rules lock off a store's settles and lets up to
// sleep pass between what they read and what they write.
func (s *Store) WithoutRulesLock(sleep time.Duration) {
	s.unsafe = unsafe{noRulesLock: true, sleep: sleep}
}

// WithoutLanes takes the lanes off: settles choose rows that no other has
// locked, as a queue in a table would.
func (s *Store) WithoutLanes(sleep time.Duration) { s.unsafe = unsafe{noLanes: true, sleep: sleep} }

// Slowly leaves all protections on and widens the window between reading and
// writing.
func (s *Store) Slowly(sleep time.Duration) { s.unsafe = unsafe{sleep: sleep} }

// CheckEvents holds all events that a test wrote against the list of types.
var CheckEvents = checkEvents

// Checked is checked, for tests from outside.
var Checked = checked
