package imap

import (
	"cmp"
	"math"
	"slices"

	"github.com/emersion/go-imap/v2"
)

const (
	witnesses    = 8       // messages that may bear witness, the nearest ones
	witnessBytes = 1 << 20 // octets of one that are read at most
)

// callWitness asks for another message of the folder than that which ended
// connections. If the server gives it, and ends the next connection too when
// asked for the first, that is the mail's own fault; else it may be the
// server's trouble, and the mail waits.
func (p *Poller) callWitness(f *folder, uid imap.UID) error {
	given, _, err := p.witness(f, uid)
	f.note(uid, func(n *note) { n.witnessed = given })
	return err
}

// guilty reports whether a message is given up that was refused often: unless
// others are refused as well.
func (p *Poller) guilty(f *folder, uid imap.UID, gives bool) (bool, error) {
	if gives {
		return true, nil
	}
	given, alone, err := p.witness(f, uid)
	return given || alone, err
}

// witness reports whether the server gives one of the other messages, each
// time another one, or there is none.
func (p *Poller) witness(f *folder, uid imap.UID) (given, alone bool, err error) {
	others, err := p.others(uid)
	if err != nil || len(others) == 0 {
		return false, err == nil, err
	}
	turn := f.note(uid, func(n *note) { n.witnesses++ }).witnesses
	err = p.conn.bodies(imap.UIDSetNum(others[turn%len(others)]), witnessBytes, func(imap.UID) int64 { return witnessBytes },
		func(it item) { given = len(it.body) > 0 || it.over > 0 })
	if refusal(err) != nil {
		return false, false, nil
	}
	return given, false, err
}

// others are the messages nearest to this one.
func (p *Poller) others(uid imap.UID) ([]imap.UID, error) {
	from, to := imap.UID(1), imap.UID(math.MaxUint32)
	if uid > maxTodo {
		from = uid - maxTodo
	}
	if to-uid > maxTodo {
		to = uid + maxTodo
	}
	all, err := p.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: from, Stop: to}}}}, 0, 2*maxTodo)
	all = slices.DeleteFunc(all, func(other imap.UID) bool { return other == uid })
	slices.SortFunc(all, func(a, b imap.UID) int { return cmp.Compare(distance(a, uid), distance(b, uid)) })
	return all[:min(len(all), witnesses)], err
}

func distance(a, b imap.UID) imap.UID { return max(a, b) - min(a, b) }
