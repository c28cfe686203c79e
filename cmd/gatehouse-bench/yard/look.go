package yard

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

const selectRows = `select m.sender, m.lane, m.envelope::text, m.sent_at, m.thread, m.answers, k.content,
  (select string_agg(r.data, ''::bytea order by r.n) from raw r where r.message = m.id),
  b.text, b.reply_text, b.html, b.doc::text, coalesce(m.trail, ''),
  array(select p.kind from prints p where p.message = m.id order by p.kind),
  array(select p.hash from prints p where p.message = m.id order by p.kind)
from messages m join channels c on c.id = m.channel join message_keys k on k.message = m.id left join bodies b on b.message = m.id
where c.name = $1 order by m.seq desc limit $2`

// Last are the last n messages of a channel as Gatehouse has written them,
// oldest first, so that the yardstick can write the same.
func (d *DB) Last(ctx context.Context, channel string, n int) ([]*Row, error) {
	found, err := d.pool.Query(ctx, selectRows, channel, n)
	if err != nil {
		return nil, err
	}
	rows, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (*Row, error) {
		var r Row
		var text, reply, html, doc *string
		var kinds []string
		var hashes [][]byte
		err := row.Scan(&r.Sender, &r.Lane, &r.Envelope, &r.SentAt, &r.Thread, &r.Answers, &r.Content, &r.Raw,
			&text, &reply, &html, &doc, &r.Trail, &kinds, &hashes)
		if text != nil {
			r.Body = &Body{*text, *reply, *html, *doc}
		}
		for i, kind := range kinds {
			r.Prints = append(r.Prints, Print{kind, hashes[i]})
		}
		return &r, err
	})
	slices.Reverse(rows)
	return rows, err
}

// Stored is a message that a channel has.
type Stored struct {
	ID    ingest.ID
	State string
	Raw   []byte
}

const selectStored = `select m.id, m.state::text, coalesce(r.data, '')
from messages m join channels c on c.id = m.channel left join raw r on r.message = m.id and r.n = 0 where c.name = $1`

// Look calls see for each message of a channel, with the first MiB of its raw
// bytes, which are see's only until it returns.
func (d *DB) Look(ctx context.Context, channel string, see func(Stored)) error {
	found, err := d.pool.Query(ctx, selectStored, channel)
	if err != nil {
		return err
	}
	var s Stored
	var id [16]byte
	_, err = pgx.ForEachRow(found, []any{&id, &s.State, &s.Raw}, func() error {
		s.ID = id
		see(s)
		return nil
	})
	return err
}

// NewestTickets reads the ids of the 50 tickets that were held last.
func (d *DB) NewestTickets(ctx context.Context) error {
	rows, err := d.pool.Query(ctx, "select id from tickets where messages > 0 order by held_at desc, id desc limit 50")
	if err != nil {
		return err
	}
	_, err = pgx.CollectRows(rows, pgx.RowTo[[16]byte])
	return err
}

// RoundTrip asks the database for nothing.
func (d *DB) RoundTrip(ctx context.Context) error {
	var one int
	return d.pool.QueryRow(ctx, "select 1").Scan(&one)
}
