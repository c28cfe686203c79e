package imap

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	asked      = 1000      // keys asked for at a time
	maxUnheard = 1_000_000 // UIDs without a message kept in mind; of more the older half is left
)

// A search is what an order finds in a folder, growing.
type search struct {
	uids    []imap.UID
	unheard map[imap.UID]bool // those that are no message of ours: their header tells
}

// seek asks which of the folder's messages up to the cursor are wanted. UIDs
// grow in the order in which messages were taken, so below one that was taken
// before the first refusal nothing was refused without a row.
func (p *Poller) seek(ctx context.Context, o channels.Order, f *folder) (*search, error) {
	var wanted, unheard []imap.UID
	for from := imap.UID(0); from < f.at.last; {
		all := imap.UIDSet{{Start: from + 1, Stop: f.at.last}}
		uids, err := p.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{all}}, from, maxTodo)
		if err != nil {
			return nil, err
		}
		uids = slices.DeleteFunc(uids, func(uid imap.UID) bool { return uid > f.at.last })
		for part := range slices.Chunk(uids, asked) {
			wants, err := o.Wants(ctx, keysOf(f, part))
			if err != nil {
				return nil, err
			}
			for i, want := range wants {
				switch want {
				case ingest.Wanted:
					wanted = append(wanted, part[i])
				case ingest.Unheard:
					unheard = append(unheard, part[i])
				case ingest.Earlier:
					unheard = unheard[:0]
				}
			}
			if len(unheard) > maxUnheard {
				unheard = slices.Delete(unheard, 0, maxUnheard/2)
			}
		}
		if len(uids) < maxTodo {
			break
		}
		from = uids[len(uids)-1]
	}
	return found(wanted, unheard), nil
}

func keysOf(f *folder, uids []imap.UID) []string {
	keys := make([]string, len(uids))
	for i, uid := range uids {
		keys[i] = key(f, uid)
	}
	return keys
}

func found(wanted, unheard []imap.UID) *search {
	s := &search{uids: append(wanted, unheard...), unheard: make(map[imap.UID]bool, len(unheard))}
	for _, uid := range unheard {
		s.unheard[uid] = true
	}
	slices.Sort(s.uids)
	return s
}
