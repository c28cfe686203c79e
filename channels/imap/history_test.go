package imap

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// TestSomebodyElseAtWork lets another client append, move, mark and delete at
// random while the mailbox is polled.
func TestSomebodyElseAtWork(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) { newHistory(t, b, "", 1).run(8, 6) })
}

// history is what a second client does to a mailbox, by a seed. Whatever stands
// in a polled folder before a poll and after it must have been taken over, and
// nothing twice. A message that is moved from one polled folder to another has
// another UID there: it is another message.
type history struct {
	t      *testing.T
	b      *mailbox
	seed   uint64
	rand   *rand.Rand
	own    *imapclient.Client
	p      *Poller
	store  *channeltest.Store
	polled []string
	all    []string
	n      int             // mails appended
	must   map[string]bool // keys of what must be there
}

func newHistory(t *testing.T, b *mailbox, prefix string, seed uint64) *history {
	h := &history{t: t, b: b, seed: seed, rand: rand.New(rand.NewPCG(seed, 1)), own: b.connect(), store: channeltest.NewStore(),
		polled: []string{"INBOX", prefix + "Forms & Co"}, must: map[string]bool{}}
	h.all = append(slices.Clone(h.polled), prefix+"Äußeres 日本")
	for _, folder := range h.all[1:] {
		b.create(folder)
	}
	h.p = poller(t, b, "start: all", "folders: ["+strings.Join(h.polled, ", ")+"]")
	return h
}

// run polls so many times, each time while some things are done.
func (h *history) run(rounds, things int) {
	h.t.Helper()
	in := channeltest.NewSession(h.store, channeltest.Channel, ingest.Email)
	for range rounds {
		for range h.rand.IntN(things) {
			h.do()
		}
		before := h.stands()
		var group sync.WaitGroup
		group.Go(func() {
			for range h.rand.IntN(things) {
				h.do()
			}
		})
		err := h.poll(in)
		group.Wait()
		if err != nil {
			h.t.Fatalf("seed %d: Poll: %v", h.seed, err)
		}
		after := h.stands()
		for k := range before {
			h.must[k] = h.must[k] || after[k]
		}
		h.check()
	}
	before := h.stands()
	must(h.t, h.poll(in))
	for k := range before {
		h.must[k] = true
	}
	h.check()
}

// poll polls, and once more if the server ended the connection over what the
// other client did, as servers may.
func (h *history) poll(in *channeltest.Session) error {
	err := h.p.Poll(context.Background(), in)
	if !ingest.Temporary(err) {
		return err
	}
	must(h.t, h.p.Close())
	return h.p.Poll(context.Background(), in)
}

// check compares what is stored with what must be.
func (h *history) check() {
	h.t.Helper()
	there := map[string]bool{}
	for _, m := range h.store.Messages() {
		if m.State != ingest.Received || m.Repeats > 0 {
			h.t.Errorf("seed %d: %s is %s, %d repeats", h.seed, m.Arrival.Message.Subject, m.State, m.Repeats)
		}
		n, _ := strconv.Atoi(strings.TrimPrefix(m.Arrival.Message.Subject, "Question "))
		if n >= h.n || string(m.Arrival.Raw) != mail(n) {
			h.t.Errorf("seed %d: %q is not what was appended", h.seed, m.Arrival.Message.Subject)
		}
		there[m.Arrival.Keys[0]] = true
	}
	for k, stood := range h.must {
		if stood && !there[k] {
			h.t.Errorf("seed %d: %q stood there and was not taken over", h.seed, k)
		}
	}
	if h.t.Failed() {
		h.t.FailNow()
	}
}

// stands is the keys of what stands in the polled folders.
func (h *history) stands() map[string]bool {
	all := map[string]bool{}
	for _, name := range h.polled {
		uids, validity := h.uids(name)
		f := &folder{name: name, at: cursor{validity: validity}}
		for _, uid := range uids {
			all[key(f, uid)] = true
		}
	}
	return all
}

// uids looks into a folder.
func (h *history) uids(folder string) ([]imap.UID, uint32) {
	data, err := h.own.Select(folder, nil).Wait()
	must(h.t, err)
	found, err := h.own.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	must(h.t, err)
	return found.AllUIDs(), data.UIDValidity
}

// do does one thing.
func (h *history) do() {
	folder := h.all[h.rand.IntN(len(h.all))]
	if h.rand.IntN(3) == 0 {
		h.b.put(folder, h.n, h.n+1)
		h.n++
		return
	}
	uids, _ := h.uids(folder)
	if len(uids) == 0 {
		return
	}
	one := imap.UIDSetNum(uids[h.rand.IntN(len(uids))])
	switch h.rand.IntN(4) {
	case 0:
		to := h.all[h.rand.IntN(len(h.all))]
		if to == folder {
			return
		}
		_, err := h.own.Move(one, to).Wait()
		must(h.t, err)
	case 1:
		h.flag(one, imap.FlagDeleted)
		must(h.t, h.own.UIDExpunge(one).Close())
	default:
		h.flag(one, []imap.Flag{imap.FlagSeen, imap.FlagFlagged, imap.FlagAnswered}[h.rand.IntN(3)])
	}
}

func (h *history) flag(set imap.UIDSet, flag imap.Flag) {
	must(h.t, h.own.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{flag}}, nil).Close())
}
