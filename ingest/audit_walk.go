package ingest

import (
	"bytes"
	"fmt"
	"strconv"
)

// AuditLaw is the number under which verify names what is wrong with the
// audit's chain.
const AuditLaw = 11

// AuditWalk follows the audit's chain line by line and notes where it breaks.
// N and Hash are of the last line seen; before the first, of where it begins.
type AuditWalk struct {
	N    int64
	Hash []byte

	Changed Violation // lines that are not what was sealed
	Missing Violation // lines that are not there
}

// Follow takes the next line there is. Behind a break it goes on from the hash
// that the line has, so that one break is told once.
func (w *AuditWalk) Follow(l AuditLine) {
	switch {
	case l.N > w.N+1:
		w.Gap(l.N)
	case !bytes.Equal(l.Seal(w.Hash), l.Hash):
		if w.Changed.N++; w.Changed.N == 1 {
			w.Changed.Says = fmt.Sprintf("the audit's line %d is not what was sealed behind line %d", l.N, w.N)
		}
		w.Changed.note(strconv.FormatInt(l.N, 10))
	}
	w.N, w.Hash = l.N, l.Hash
}

// Gap notes that the lines behind the last one and before n are not there.
func (w *AuditWalk) Gap(n int64) {
	if w.Missing.N == 0 {
		w.Missing.Says = fmt.Sprintf("lines of the audit that are not there, from line %d", w.N+1)
	}
	w.Missing.N += int(n - w.N - 1)
	w.Missing.note(fmt.Sprintf("%d-%d", w.N+1, n-1))
}

func (v *Violation) note(id string) {
	if v.Law = AuditLaw; len(v.IDs) < 20 {
		v.IDs = append(v.IDs, id)
	}
}

// End compares the last line with where the chain is known to end, and returns
// what is wrong in all.
func (w *AuditWalk) End(n int64, hash []byte) []Violation {
	if w.N < n {
		w.Gap(n + 1)
	}
	var list []Violation
	for _, v := range []Violation{w.Changed, w.Missing} {
		if v.N > 0 {
			list = append(list, v)
		}
	}
	if w.N > n || w.N == n && !bytes.Equal(w.Hash, hash) {
		list = append(list, Violation{Law: AuditLaw, Says: fmt.Sprintf("the audit's chain does not end as it was sealed, at line %d", n),
			N: 1, IDs: []string{strconv.FormatInt(w.N, 10)}})
	}
	return list
}
