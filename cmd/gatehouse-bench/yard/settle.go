package yard

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// Decided is a waiting message and what becomes of it.
type Decided struct {
	Message
	*Person
	New bool // the person writes for the first time
}

// Person is a contact with the one conversation and the one address they have.
type Person struct {
	Contact, Conversation ingest.ID
	Identity              ingest.Identity
	Name                  string
}

// Settle moves the messages of a channel into conversations, lane after lane
// in the batches that Gatehouse makes: else the rows would not be the same, for
// a batch writes a conversation once. Two connections share the batches, unless
// all are of one lane.
func (d *DB) Settle(ctx context.Context, channel string, list []Decided) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	batches := inLanes(list)
	beside := connections
	if !slices.ContainsFunc(list, func(m Decided) bool { return m.Lane != list[0].Lane }) {
		beside = 1
	}
	return d.each(ctx, beside, len(batches), func(i int) *pgx.Batch { return settled(id, batches[i]) })
}

// inLanes cuts a list into batches of one lane. In each the conversations are
// in order: two batches that meet in many of them would deadlock otherwise.
func inLanes(list []Decided) (batches [][]Decided) {
	lanes := map[int16][]Decided{}
	for _, m := range list {
		lanes[m.Lane] = append(lanes[m.Lane], m)
	}
	for _, lane := range lanes {
		for batch := range slices.Chunk(lane, BatchSize) {
			slices.SortStableFunc(batch, func(a, b Decided) int {
				return slices.Compare(a.Conversation[:], b.Conversation[:])
			})
			batches = append(batches, batch)
		}
	}
	return batches
}

// Meet makes people known, with a conversation in which nothing was said.
func (d *DB) Meet(ctx context.Context, channel string, people []*Person) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	return d.inBatches(ctx, len(people), func(from, to int) *pgx.Batch {
		var c decisions
		for _, p := range people[from:to] {
			c.meet(p, 0)
		}
		b := transaction()
		c.queueNew(b, id)
		b.Queue("commit")
		return b
	})
}

const (
	insertContacts   = `insert into contacts (id, name) select * from unnest($1::uuid[], $2::text[])`
	insertIdentities = `insert into identities (kind, value, how, contact)
select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[])`
	insertConversations = `insert into conversations (channel, family, status, id, contact, messages, last_message_at)
select $1, 'chat', 'unassigned', *, now() from unnest($2::uuid[], $3::uuid[], $4::int[])`
	updateConversations = `update conversations v set messages = v.messages + x.n, last_message_at = now(), status = 'unassigned',
  closed_at = null, closed_by = ''
from unnest($1::uuid[], $2::int[]) x(id, n) where v.id = x.id`
	updateMessages = `update messages m set state = 'conversed', contact = x.contact, conversation = x.conversation, trail = x.trail,
  settled_at = now()
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) x(id, contact, conversation, trail) where m.id = x.id`
	insertEvents = `insert into events (type, conversation, contact, message, data)
select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::jsonb[])`
)

// decisions are the arrays of one batch.
type decisions struct {
	message, contact, conversation ids
	trail                          []string

	newContact, newTalk                ids
	newName, newKind, newValue, newHow []string
	newCount                           []int32

	grown  ids
	growth []int32

	eventType                             []string
	eventTalk, eventContact, eventMessage ids
	eventData                             []*string
}

// settled is the transaction that decides a batch.
func settled(channel int32, list []Decided) *pgx.Batch {
	var c decisions
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Person == list[0].Person {
			n++
		}
		c.add(list[:n])
		list = list[n:]
	}
	b := transaction()
	c.queueNew(b, channel)
	if c.grown != nil {
		b.Queue(updateConversations, c.grown, c.growth)
	}
	b.Queue(updateMessages, c.message, c.contact, c.conversation, c.trail)
	b.Queue(insertEvents, c.eventType, c.eventTalk, c.eventContact, c.eventMessage, c.eventData)
	b.Queue("commit")
	return b
}

func (c *decisions) queueNew(b *pgx.Batch, channel int32) {
	if c.newContact != nil {
		b.Queue(insertContacts, c.newContact, c.newName)
		b.Queue(insertIdentities, c.newKind, c.newValue, c.newHow, c.newContact)
		b.Queue(insertConversations, channel, c.newTalk, c.newContact, c.newCount)
	}
}

// meet takes a person who has written n messages.
func (c *decisions) meet(p *Person, n int) {
	c.newContact, c.newTalk = append(c.newContact, uuid(p.Contact)), append(c.newTalk, uuid(p.Conversation))
	c.newName, c.newKind = append(c.newName, p.Name), append(c.newKind, p.Identity.Kind)
	c.newValue, c.newHow = append(c.newValue, p.Identity.Value), append(c.newHow, string(p.Identity.How))
	c.newCount = append(c.newCount, int32(n))
}

// add takes the messages of one person.
func (c *decisions) add(list []Decided) {
	p := list[0].Person
	contact, talk := uuid(p.Contact), uuid(p.Conversation)
	if list[0].New {
		c.meet(p, len(list))
		c.event("contact.created", ingest.ID{}, p.Contact, ingest.ID{}, false)
		c.event("conversation.opened", p.Conversation, p.Contact, ingest.ID{}, false)
	} else {
		c.grown, c.growth = append(c.grown, talk), append(c.growth, int32(len(list)))
	}
	for _, m := range list {
		c.message, c.contact = append(c.message, uuid(m.ID)), append(c.contact, contact)
		c.conversation, c.trail = append(c.conversation, talk), append(c.trail, m.Trail)
		c.event("message.conversed", p.Conversation, p.Contact, m.ID, true)
	}
}

func (c *decisions) event(kind string, talk, contact, message ingest.ID, data bool) {
	c.eventType = append(c.eventType, kind)
	c.eventTalk, c.eventContact = append(c.eventTalk, orNull(talk)), append(c.eventContact, orNull(contact))
	c.eventMessage = append(c.eventMessage, orNull(message))
	var text *string
	if data {
		text = new(string)
		*text = "{}"
	}
	c.eventData = append(c.eventData, text)
}
