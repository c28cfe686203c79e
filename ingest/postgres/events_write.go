package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// eventColumns are events on their way into the log: ids and codes only.
type eventColumns struct {
	types                          []string
	conversation, contact, message []ingest.ID
	data                           []string
}

func (c *eventColumns) add(kind string, conversation, contact, message ingest.ID, data any) {
	c.types = append(c.types, kind)
	c.conversation, c.contact = append(c.conversation, conversation), append(c.contact, contact)
	c.message = append(c.message, message)
	d := ""
	switch data {
	case nil:
	case messageEvent{}: // most: there is nothing to say
		d = "{}"
	default:
		d = toJSON(data)
	}
	c.data = append(c.data, d)
}

func (c *eventColumns) queue(b *pgx.Batch) {
	if c.types != nil {
		b.Queue(sqlWriteEvents, c.types, c.conversation, c.contact, c.message, c.data)
	}
}

// messageEvent is the data of message events: what bots and clocks decide by.
type messageEvent struct {
	SentAt     string `json:"sent_at,omitempty"`
	ReleasedBy string `json:"released_by,omitempty"`
	Ticket     string `json:"ticket,omitempty"` // that a held message is in
	Rule       string `json:"rule,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Auto       string `json:"auto,omitempty"`      // what kind of program wrote it: nobody answers one
	Copy       bool   `json:"copy,omitempty"`      // the desk itself sent it
	Change     string `json:"change,omitempty"`    // edit, unsend or reaction: no new message
	Recovered  bool   `json:"recovered,omitempty"` // it had been missed, and is late
}

// writeEvents tells what was decided; history and refusals are silent.
func (w *world) writeEvents(b *pgx.Batch) {
	var c eventColumns
	for _, v := range w.decided {
		d := &v.decision
		if v.row.message.Historic && v.row.pass == nil || d.To == ingest.Refused {
			continue
		}
		if v.newContact {
			c.add("contact.created", ingest.ID{}, d.Contact, ingest.ID{}, nil)
		}
		if v.newTalk != nil {
			c.add("conversation.opened", d.Conversation, d.Contact, ingest.ID{}, nil)
		} else if d.Reopens {
			c.add("conversation.reopened", d.Conversation, d.Contact, ingest.ID{}, nil)
		}
		if v.newTicket {
			c.add("ticket.created", ingest.ID{}, d.Contact, ingest.ID{}, map[string]any{"ticket": d.Ticket, "channel": v.row.channel.Name})
		}
		c.add("message."+string(d.To), d.Conversation, d.Contact, v.row.message.ID, eventOf(v))
	}
	c.queue(b)
}

// writeNotices asks that senders be told what became of their messages.
func (w *world) writeNotices(b *pgx.Batch) {
	type asked struct {
		contact ingest.ID
		notice  ingest.Notice
	}
	var contacts, messages []ingest.ID
	var notices, channels []string
	seen := map[asked]bool{}
	for _, v := range w.decided {
		n := asked{v.decision.Contact, ingest.NoticeOf(v.row.message, v.decision)}
		if n.notice == "" || v.row.pass != nil || seen[n] {
			continue
		}
		seen[n] = true
		contacts, messages = append(contacts, n.contact), append(messages, v.row.message.ID)
		notices, channels = append(notices, string(n.notice)), append(channels, v.row.channel.Name)
	}
	if contacts != nil {
		b.Queue(sqlWriteNotices, contacts, notices, messages, channels, w.now)
	}
}

func eventOf(v *verdict) messageEvent {
	e := messageEvent{Reason: string(v.decision.Reason), Copy: v.row.copy, Recovered: v.row.message.Recovered}
	if auto := v.row.message.Auto; auto.Machine() {
		e.Auto = string(auto)
	}
	if at := v.row.message.SentAt; at != nil {
		e.SentAt = at.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if c := v.row.message.Change; c != nil {
		e.Change = string(c.Kind)
	}
	if v.decision.To == ingest.Held {
		e.Ticket = v.decision.Ticket.String()
	}
	if v.row.pass != nil {
		e.ReleasedBy = strconv.FormatInt(v.row.pass.Job, 10)
	}
	if v.decision.Rule != nil {
		e.Rule = strconv.FormatInt(v.decision.Rule.ID, 10)
	}
	return e
}

// insert writes the events in a statement of their own.
func (c *eventColumns) insert(ctx context.Context, q querier) error {
	if c.types == nil {
		return nil
	}
	_, err := q.Exec(ctx, sqlWriteEvents, c.types, c.conversation, c.contact, c.message, c.data)
	return err
}
