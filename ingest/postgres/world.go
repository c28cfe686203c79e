package postgres

import (
	"fmt"
	"slices"
	"time"

	"gatehouse/ingest"
)

// world is what one settle knows: the rows it decides and the facts it read
// under the locks. Deciding a message changes the facts of those after it, so
// the decisions are applied here, and written at the end in one go.
type world struct {
	store *Store
	now   time.Time
	rows  []*row

	contacts      map[ingest.ID]*person
	survivors     map[ingest.ID]ingest.ID // into whom contacts were merged, or themselves
	owners        map[address]ingest.ID   // as they were learned, merged or not
	conversations map[ingest.ID]*talk
	continued     map[ingest.ID][]*talk // by the conversation that they continue
	current       map[place]*talk       // the unclosed conversation of a contact on a channel, else its last
	ancestors     map[thread][]*ancestor
	members       map[member]bool
	participants  map[participant]bool
	copies        map[thread]sent
	numbered      map[int64]*talk
	tickets       map[place]ingest.ID // of contacts on one-at-a-time channels, as the addresses have them: see person
	known         map[ingest.ID]bool  // tickets that still hold something
	buckets       buckets

	deferred map[string]bool // senders whose later messages must wait
	lanes    map[int]bool    // lanes of the ancestors they wait for
	decided  []*verdict
}

type address struct{ kind, value string }

type place struct {
	contact ingest.ID
	channel int32
}

type thread struct {
	channel int32
	hash    [16]byte
}

type member struct{ conversation, contact ingest.ID }

// participant is somebody to whom the desk wrote.
type participant struct {
	conversation ingest.ID
	address
}

// sent is what the desk sent.
type sent struct {
	conversation ingest.ID
	sender       string
}

// row is a waiting message.
type row struct {
	message ingest.Message
	channel channel
	thread  []byte
	answers []byte
	contact ingest.ID // set if it was released: it keeps its contact
	pass    *ingest.Pass
	holds   []int64 // numbers of the conversations that it holds a token of
	copy    bool    // it is what the desk sent, come back
	files   bool    // it names files that are still to be fetched
}

// person is a contact that was not merged into another. Decisions are about
// persons; what is written of them names the contact that has the address which
// wrote, so that each part of a person keeps its own if they are taken apart
// again. Only of unclosed conversations a person has but one.
type person struct {
	created  time.Time
	talkedAt time.Time
}

// talk is a conversation.
type talk struct {
	ingest.Conversation           // ContactID is a person's
	whose               ingest.ID // the contact that it is written of
	channelID           int32
	added               int
	lastAt              time.Time
	isNew               bool
	reopened            bool
}

// ancestor is a message that others answer.
type ancestor struct {
	id           ingest.ID // zero: the desk sent it
	state        ingest.State
	sender       string
	lane         int16
	receivedAt   time.Time
	contact      ingest.ID
	conversation ingest.ID
	ticket       ingest.ID
}

// verdict is a decision on its way to the tables: every id is set.
type verdict struct {
	row           *row
	decision      ingest.Decision // Contact is a person
	whose         ingest.ID       // the contact that the message is written of
	newContact    bool
	newIdentities []ingest.Identity
	newTalk       *talk
	newTicket     bool
}

func newWorld(s *Store) *world {
	return &world{
		store: s, now: s.now(),
		contacts: map[ingest.ID]*person{}, survivors: map[ingest.ID]ingest.ID{}, owners: map[address]ingest.ID{},
		conversations: map[ingest.ID]*talk{}, continued: map[ingest.ID][]*talk{}, current: map[place]*talk{},
		ancestors: map[thread][]*ancestor{}, members: map[member]bool{},
		participants: map[participant]bool{}, copies: map[thread]sent{}, numbered: map[int64]*talk{},
		tickets: map[place]ingest.ID{}, known: map[ingest.ID]bool{},
		buckets:  buckets{map[slot]int{}, map[slot]draw{}},
		deferred: map[string]bool{}, lanes: map[int]bool{},
	}
}

// decideSafely is decideAll; a panic over a message is that message's fault,
// and must not stop those behind it.
func (w *world) decideSafely(judge Judge) (done ingest.Settled, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = ingest.AsInvalid(fmt.Errorf("deciding panicked: %T", p)) // the value may quote the message
		}
	}()
	return w.decideAll(judge), nil
}

// decideAll decides the rows in their order and returns what was done.
func (w *world) decideAll(judge Judge) ingest.Settled {
	for _, r := range w.rows {
		if w.mustWait(r) {
			continue
		}
		f := w.facts(r)
		f.Buckets = w.buckets.levels(judge.Buckets(r.message, f), r.message.ReceivedAt)
		w.apply(r, judge.Decide(r.message, f))
	}
	done := ingest.Settled{Decided: len(w.decided)}
	for _, v := range w.decided {
		if v.row.files {
			done.Files++
		}
	}
	for lane := range w.lanes {
		done.Lanes = append(done.Lanes, lane)
	}
	return done
}

// mustWait reports whether a reply comes before what another sender wrote and
// it answers: then it and its own sender's later messages stay received, and
// the other lane is named. What its own sender wrote comes in order anyway.
func (w *world) mustWait(r *row) bool {
	sender := r.message.From.Key()
	if w.deferred[sender] {
		return true
	}
	if w.now.Sub(r.message.ReceivedAt) > waitForAncestor {
		return false
	}
	for _, h := range r.answerHashes() {
		for _, a := range w.ancestors[thread{r.channel.ID, h}] {
			if a.state == ingest.Received && a.sender != sender && a.id != r.message.ID {
				w.deferred[sender] = true
				w.lanes[int(a.lane)] = true
				return true
			}
		}
	}
	return false
}

func (r *row) answerHashes() [][16]byte {
	out := make([][16]byte, 0, len(r.answers)/16)
	for b := r.answers; len(b) >= 16; b = b[16:] {
		out = append(out, [16]byte(b))
	}
	return out
}

// joining lists the identities by which the message's contact is found: none
// of a mail that failed its sender check, or that is the desk's own.
func (r *row) joining() []ingest.Identity {
	if r.message.Unproven || r.copy {
		return nil
	}
	return slices.Collect(r.message.Joining())
}

// keep takes a conversation in.
func (w *world) keep(t *talk) {
	w.conversations[t.ID], w.numbered[t.Number] = t, t
	if !t.Continues.IsZero() {
		w.continued[t.Continues] = append(w.continued[t.Continues], t)
	}
}

// facts is all that the decision on r may rest on.
func (w *world) facts(r *row) ingest.Facts {
	f := ingest.Facts{Now: w.now, Kind: r.channel.Kind, Pass: r.pass}
	if c := w.copyOf(r); c != nil {
		f.Copy, r.copy = &c.Conversation, true
		return f
	}
	f.Names = w.names(r)
	whose := w.contactOf(r)
	id := w.survivors[whose]
	if p := w.contacts[id]; p != nil {
		f.Contact = &ingest.Contact{ID: id, CreatedAt: p.created}
		f.TalkedAt = p.talkedAt
	}
	if r.channel.Family.OneAtATime() {
		w.placeFacts(&f, place{id, r.channel.ID})
		f.Ticket = w.tickets[place{whose, r.channel.ID}]
	}
	if r.message.Change != nil || !r.channel.Family.OneAtATime() {
		f.Thread = w.threadFacts(r, id, whose)
	}
	return f
}

// names lists every person that a joining identity names, an unproven mail's
// too: who breaks his own sender check does not evade a rule.
func (w *world) names(r *row) []ingest.ID {
	var ids []ingest.ID
	for i := range r.message.Joining() {
		if id, ok := w.survivors[w.owners[address{i.Kind, i.Value}]]; ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// contactOf is the contact that has the message's address, or had the message
// before; the zero id where nobody does.
func (w *world) contactOf(r *row) ingest.ID {
	if !r.contact.IsZero() {
		return r.contact
	}
	for _, i := range r.joining() {
		if id, ok := w.owners[address{i.Kind, i.Value}]; ok {
			return id
		}
	}
	return ingest.ID{}
}

func (w *world) placeFacts(f *ingest.Facts, p place) {
	if t := w.current[p]; t != nil && t.Status != ingest.Closed {
		f.Current = &t.Conversation
	} else if t != nil {
		f.Last = &t.Conversation
	}
}

// makeCurrent takes in a conversation of a person on a channel that allows one
// at a time: the unclosed one comes first, else the last.
func (w *world) makeCurrent(t *talk) {
	p := place{t.ContactID, t.channelID}
	old := w.current[p]
	if old == nil || old.Status == ingest.Closed && (t.Status != ingest.Closed || old.Number < t.Number) {
		w.current[p] = t
	}
}
