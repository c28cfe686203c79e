package postgres

import (
	"crypto/sha256"
	"sort"
	"time"

	"gatehouse/ingest"
)

func hashBytes(b []byte) ingest.Hash { return sha256.Sum256(b) }

// shortHash names a message in a thread: 16 bytes are plenty within a channel.
func shortHash(name string) []byte {
	h := sha256.Sum256([]byte(name))
	return h[:16]
}

// maxAnswers bounds the ancestors kept for threading; the nearest come first.
const maxAnswers = 50

func answersHash(names []string) []byte {
	if len(names) > maxAnswers {
		names = names[:maxAnswers]
	}
	var out []byte
	for _, n := range names {
		out = append(out, shortHash(n)...)
	}
	return out
}

// columns are the arrays of the receive statement.
type columns struct {
	apart bool // without raw bytes

	id       []ingest.ID
	channel  []int32
	state    []string
	sentAt   []*time.Time
	sender   []string
	envelope []string
	thread   [][]byte
	answers  [][]byte
	rule     []*int64
	reason   []*string
	note     []*string
	trail    []*string
	keys     []int32

	recovered []*int64

	bodyOf                                 []ingest.ID
	bodyText, bodyReply, bodyHTML, bodyDoc []string
	rawOf                                  []ingest.ID
	rawData                                [][]byte
	printOf                                []ingest.ID
	printKind                              []string
	printHash                              [][]byte
	fileOf                                 []ingest.ID
	fileIndex                              []int32
}

type keyRow struct {
	channel int32
	hash    ingest.Hash
	message ingest.ID
	content ingest.Hash
}

// args gives the statement's parameters in order.
func (l *load) args() []any {
	c := columns{apart: l.apart}
	for _, it := range l.items {
		c.add(it)
		c.recovered = append(c.recovered, l.recovery(it))
	}
	keys := keyRows(l.items)
	args := l.moveArgs()
	args = append(args, c.id, c.channel, c.state, c.sentAt, c.sender, c.envelope, c.thread, c.answers,
		c.rule, c.reason, c.note, c.trail, c.keys)
	args = append(args, keyArgs(keys)...)
	return append(args, c.bodyOf, c.bodyText, c.bodyReply, c.bodyHTML, c.bodyDoc, c.rawOf, c.rawData,
		c.printOf, c.printKind, c.printHash, l.era(), c.fileOf, c.fileIndex, l.now, c.recovered)
}

// keyRows are the keys of items, in the order in which they are inserted.
func keyRows(items []*item) (keys []keyRow) {
	for _, it := range items {
		for _, h := range it.keys {
			keys = append(keys, keyRow{it.channel.ID, h, it.id, it.content})
		}
	}
	sort.SliceStable(keys, func(i, j int) bool {
		if keys[i].channel != keys[j].channel {
			return keys[i].channel < keys[j].channel
		}
		return string(keys[i].hash[:]) < string(keys[j].hash[:])
	})
	return keys
}

// recovery is the order that a message was recovered by, 0 without one; nil: it
// came by itself.
func (l *load) recovery(it *item) *int64 {
	if !it.arrival.Message.Recovered {
		return nil
	}
	return &l.orders
}

func (l *load) moveArgs() []any {
	if l.move == nil {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{l.channel.ID, l.move.Mailbox, l.move.From, l.move.Fence, l.move.To}
}

// mailbox is where the arrivals lie; "" of what was pushed.
func (l *load) mailbox() string {
	if l.move == nil {
		return ""
	}
	return l.move.Mailbox
}

func (l *load) era() int64 {
	switch {
	case l.imports:
		return -1
	case l.move == nil:
		return 0
	}
	return l.move.Era
}

func keyArgs(keys []keyRow) []any {
	channels, hashes := make([]int32, len(keys)), make([][]byte, len(keys))
	messages, contents := make([]ingest.ID, len(keys)), make([][]byte, len(keys))
	for i, k := range keys {
		channels[i], messages[i] = k.channel, k.message
		hashes[i], contents[i] = keys[i].hash[:], keys[i].content[:]
	}
	return []any{channels, hashes, messages, contents}
}

func (c *columns) add(it *item) {
	m, a := &it.arrival.Message, &it.arrival
	c.id = append(c.id, it.id)
	c.channel = append(c.channel, it.channel.ID)
	c.sentAt = append(c.sentAt, m.SentAt)
	c.keys = append(c.keys, int32(len(it.keys)))
	c.sender = append(c.sender, text(senderOf(it)))
	c.decide(it)
	if it.bare { // of what is refused only who wrote it is kept
		c.envelope = append(c.envelope, toJSON(envelope{From: m.From}))
		c.thread, c.answers, c.note = append(c.thread, nil), append(c.answers, nil), append(c.note, nil)
	} else {
		c.envelope = append(c.envelope, toJSON(envelopeOf(m)))
		c.thread, c.answers = append(c.thread, threadOf(m)), append(c.answers, answersHash(m.Answers))
		c.note = append(c.note, optional(a.Note))
	}
	for _, p := range a.Prints {
		c.printOf, c.printKind = append(c.printOf, it.id), append(c.printKind, p.Kind)
		c.printHash = append(c.printHash, append([]byte(nil), p.Hash[:]...))
	}
	if !it.bare {
		c.addContent(it)
	}
}

// decide gives the state that an arrival begins in.
func (c *columns) decide(it *item) {
	a := &it.arrival
	state, rule, reason, trail := ingest.Received, (*int64)(nil), (*string)(nil), (*string)(nil)
	switch {
	case a.Problem != "":
		state, reason = ingest.Dead, optional(string(a.Problem))
	case a.Refused != 0:
		state, rule = ingest.Refused, &a.Refused
		trail = optional(refusedTrail(a.Refused))
	}
	c.state, c.rule = append(c.state, string(state)), append(c.rule, rule)
	c.reason, c.trail = append(c.reason, reason), append(c.trail, trail)
}

func (c *columns) addContent(it *item) {
	m := &it.arrival.Message
	if !c.apart {
		c.rawOf, c.rawData = append(c.rawOf, it.id), append(c.rawData, chunk(it.arrival.Raw))
	}
	c.addFiles(it.id, m)
	doc := documentOf(m)
	if it.arrival.Derived || m.Text == "" && m.HTML == "" && doc.empty() {
		return // the raw bytes hold all of it
	}
	c.bodyOf = append(c.bodyOf, it.id)
	c.bodyText = append(c.bodyText, text(m.Text))
	c.bodyReply = append(c.bodyReply, text(m.ReplyText))
	c.bodyHTML = append(c.bodyHTML, text(m.HTML))
	c.bodyDoc = append(c.bodyDoc, toJSON(doc))
}

// addFiles lists what the message names and does not carry.
func (c *columns) addFiles(id ingest.ID, m *ingest.Message) {
	for _, a := range m.Attachments {
		if pending(a) {
			c.fileOf, c.fileIndex = append(c.fileOf, id), append(c.fileIndex, int32(a.Index))
		}
	}
}

func pending(a ingest.Attachment) bool { return a.Status == ingest.FilePending }

// senderOf names whose messages keep their order: the author, or for bytes
// without one the channel.
func senderOf(it *item) string {
	if key := it.arrival.Message.From.Key(); key != "" {
		return key
	}
	return "channel:" + it.channel.Name
}

func threadOf(m *ingest.Message) []byte {
	if m.Thread == "" {
		return nil
	}
	return shortHash(m.Thread)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	s = text(s)
	return &s
}
