package yard

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// Row is a message as Gatehouse has written it, in all the tables it touches.
type Row struct {
	Sender   string
	Lane     int16
	Envelope string
	SentAt   *time.Time
	Thread   []byte
	Answers  []byte
	Content  []byte
	Raw      []byte
	Body     *Body
	Prints   []Print
	Trail    string // once it is settled
}

// Body is a message's readable parts.
type Body struct{ Text, Reply, HTML, Doc string }

// Print is a mail's hash of one kind.
type Print struct {
	Kind string
	Hash []byte
}

// Message is a row on its way in, under a key and an id of its own.
type Message struct {
	ID  ingest.ID
	Key [sha256.Size]byte
	*Row
}

// Messages gives rows ids and keys; round keeps the keys of rounds apart.
func Messages(rows []*Row, round string) []Message {
	list, now := make([]Message, len(rows)), time.Now()
	for i, r := range rows {
		list[i] = Message{ingest.NewID(now), sha256.Sum256(fmt.Appendf(nil, "%s/%d", round, i)), r}
	}
	return list
}

// Accept writes the messages of a channel on two connections.
func (d *DB) Accept(ctx context.Context, channel string, list []Message) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	return d.inBatches(ctx, len(list), func(from, to int) *pgx.Batch { return accepted(id, list[from:to]) })
}

func (d *DB) channel(ctx context.Context, name string) (id int32, err error) {
	err = d.pool.QueryRow(ctx, "select id from channels where name = $1", name).Scan(&id)
	return id, err
}

const (
	insertKeys = `insert into message_keys (channel, key_hash, message, content)
select $1, * from unnest($2::bytea[], $3::uuid[], $4::bytea[])`
	insertMessages = `insert into messages (channel, id, sent_at, sender, envelope, thread, answers)
select $1, * from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::jsonb[], $6::bytea[], $7::bytea[])`
	insertRaw    = `insert into raw (message, n, data) select * from unnest($1::uuid[], $2::int[], $3::bytea[])`
	insertBodies = `insert into bodies (message, text, reply_text, html, doc)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])`
	insertPrints = `insert into prints (channel, kind, hash, message, mailbox, era)
select $1, x.kind, x.hash, x.message, 'INBOX', 1 from unnest($2::text[], $3::bytea[], $4::uuid[]) x(kind, hash, message)`
	insertIntake = `insert into intake (channel, accepted) values ($1, $2)`
)

// columns are the arrays of one batch.
type columns struct {
	id                            ids
	key, content, thread, answers [][]byte
	sender, envelope              []string
	sentAt                        []*time.Time
	rawOf                         ids
	rawN                          []int32
	raw                           [][]byte
	bodyOf                        ids
	text, reply, html, doc        []string
	printOf                       ids
	printKind                     []string
	printHash                     [][]byte
}

// accepted is the transaction that stores a batch.
func accepted(channel int32, list []Message) *pgx.Batch {
	var c columns
	for i := range list {
		c.add(&list[i])
	}
	b := transaction()
	b.Queue(insertKeys, channel, c.key, c.id, c.content)
	b.Queue(insertMessages, channel, c.id, c.sentAt, c.sender, c.envelope, c.thread, c.answers)
	b.Queue(insertRaw, c.rawOf, c.rawN, c.raw)
	if c.bodyOf != nil {
		b.Queue(insertBodies, c.bodyOf, c.text, c.reply, c.html, c.doc)
	}
	if c.printOf != nil {
		b.Queue(insertPrints, channel, c.printKind, c.printHash, c.printOf)
	}
	b.Queue(insertIntake, channel, len(list))
	b.Queue("commit")
	return b
}

func (c *columns) add(m *Message) {
	id := uuid(m.ID)
	c.id, c.key, c.content = append(c.id, id), append(c.key, m.Key[:]), append(c.content, m.Content)
	c.thread, c.answers = append(c.thread, m.Thread), append(c.answers, m.Answers)
	c.sender, c.envelope, c.sentAt = append(c.sender, m.Sender), append(c.envelope, m.Envelope), append(c.sentAt, m.SentAt)
	for n, rest := int32(0), m.Raw; n == 0 || len(rest) > 0; n++ {
		size := min(len(rest), 1<<20)
		c.rawOf, c.rawN, c.raw = append(c.rawOf, id), append(c.rawN, n), append(c.raw, rest[:size])
		rest = rest[size:]
	}
	if b := m.Body; b != nil {
		c.bodyOf, c.text, c.reply = append(c.bodyOf, id), append(c.text, b.Text), append(c.reply, b.Reply)
		c.html, c.doc = append(c.html, b.HTML), append(c.doc, b.Doc)
	}
	for _, p := range m.Prints {
		c.printOf, c.printKind = append(c.printOf, id), append(c.printKind, p.Kind)
		c.printHash = append(c.printHash, p.Hash)
	}
}
