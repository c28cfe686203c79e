package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlWriteOpts = statement("write_opts")
	sqlOptedOut  = statement("opted_out")
)

// opinion is what was said of whether an identity may be written to on a
// channel.
type opinion struct {
	identity                       ingest.Identity
	channel                        int32
	opt                            ingest.Opt
	at                             time.Time
	source                         ingest.OptSource
	word, actor, reason            string
	notice                         ingest.Notice // that the sender is to be told; "": none
	conversation, contact, message ingest.ID
}

// optsSaid are opinions, of each identity on a channel the last.
type optsSaid map[optKey]opinion

type optKey struct {
	address
	channel int32
}

// add takes in what was said, if it tells anything and nothing newer is known.
func (s optsSaid) add(o opinion) {
	key := optKey{address{o.identity.Kind, o.identity.Value}, o.channel}
	if old, known := s[key]; o.opt.Tells() && o.identity.Joins() && (!known || !o.at.Before(old.at)) {
		s[key] = o
	}
}

// args are the statement's parameters, in the order of their columns.
func (s optsSaid) args() []any {
	n := len(s)
	identities, channels, at := make([][]byte, 0, n), make([]int32, 0, n), make([]time.Time, 0, n)
	var words [6][]string // opted, source, word, actor, reason, notice
	var ids [3][]ingest.ID
	for _, o := range s {
		identities, channels, at = append(identities, shortHash(o.identity.Key())), append(channels, o.channel), append(at, o.at)
		for i, v := range []string{string(o.opt), string(o.source), o.word, o.actor, o.reason, string(o.notice)} {
			words[i] = append(words[i], text(v))
		}
		for i, v := range []ingest.ID{o.conversation, o.contact, o.message} {
			ids[i] = append(ids[i], v)
		}
	}
	return []any{identities, channels, words[0], at, words[1], words[2], words[3], words[4], ids[0], ids[1], ids[2], words[5]}
}

func (s optsSaid) write(ctx context.Context, q querier) error {
	if len(s) == 0 {
		return nil
	}
	_, err := q.Exec(ctx, sqlWriteOpts, s.args()...)
	return err
}

// writeOpts hears what the senders of a batch say, whatever becomes of their
// messages: also who is held or shut out wants to be written to no more. What is
// decided again was heard the first time.
func (w *world) writeOpts(b *pgx.Batch) {
	said := optsSaid{}
	for _, v := range w.decided {
		m := &v.row.message
		if !m.Opt.Tells() || v.row.pass != nil {
			continue
		}
		o := opinion{channel: v.row.channel.ID, opt: m.Opt, at: earlier(value(m.SentAt), m.ReceivedAt), source: ingest.OptByProvider,
			word: m.OptWord, conversation: v.decision.Conversation, contact: v.decision.Contact, message: m.ID,
			notice: ingest.OptNotice(*m, v.decision)}
		if m.OptWord != "" {
			o.source = ingest.OptByWord
		}
		for _, o.identity = range v.row.joining() {
			said.add(o)
		}
	}
	if len(said) > 0 {
		b.Queue(sqlWriteOpts, said.args()...)
	}
}

// OptedOut says of each identity where it opted out, the latest first.
func (s *Store) OptedOut(ctx context.Context, ids []ingest.Identity) ([][]ingest.OptedOut, error) {
	keys, err := s.keys(ctx, s.pool)
	if err != nil {
		return nil, fmt.Errorf("opted out: %w", classify(err))
	}
	hashes, erased := make([][]byte, len(ids)), make([][]byte, len(ids))
	for i, id := range ids {
		hashes[i], erased[i] = shortHash(id.Key()), keys.hash.Short(id.Kind, id.Value)
	}
	rows, err := s.pool.Query(ctx, sqlOptedOut, hashes, erased)
	if err != nil {
		return nil, fmt.Errorf("opted out: %w", classify(err))
	}
	outs := make([][]ingest.OptedOut, len(ids))
	var ord int64
	var o ingest.OptedOut
	_, err = pgx.ForEachRow(rows, []any{&ord, &o.Channel, &o.Since, &o.Source, &o.Word, &o.Actor, &o.Reason}, func() error {
		o.Identity = ids[ord-1].Key()
		outs[ord-1] = append(outs[ord-1], o)
		return nil
	})
	return outs, classify(err)
}

// The reasons why the desk cannot opt somebody out, or in.
var (
	errOptMail   = fmt.Errorf("mail has no opting out: a ban keeps mail from being sent to somebody: %w", ingest.ErrConflict)
	errOptNobody = fmt.Errorf("the contact has no such address: %w", ingest.ErrConflict)
)

// ChangeOpt opts a contact out of a channel, or in again, by order of the desk.
// An ErrConflict says that the channel is one of mail, or that the contact does
// not have the address.
func (s *Store) ChangeOpt(ctx context.Context, o ingest.OptChange) error {
	c, err := s.channel(ctx, o.Channel)
	if err != nil {
		return err
	}
	if c.Family == ingest.Email {
		return errOptMail
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		ids, err := s.optable(ctx, tx, o)
		if err != nil {
			return err
		}
		said := optsSaid{}
		for _, id := range ids {
			said.add(opinion{identity: id, channel: c.ID, opt: o.Opt, at: s.now(), source: ingest.OptByDesk, actor: o.Actor, reason: o.Reason, contact: o.Contact})
		}
		if err := said.write(ctx, tx); err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "contact.opt_"+string(o.Opt), "contact:"+o.Contact.String(), map[string]string{"channel": o.Channel})
	})
	if err != nil {
		return fmt.Errorf("opt %s: %w", o.Opt, err)
	}
	return nil
}

// optable lists the contact's addresses that the change is about.
func (s *Store) optable(ctx context.Context, tx pgx.Tx, o ingest.OptChange) ([]ingest.Identity, error) {
	if _, err := lockContact(ctx, tx, o.Contact); err != nil {
		return nil, err
	}
	of, err := identitiesOf(ctx, tx, []ingest.ID{o.Contact})
	if err != nil {
		return nil, err
	}
	var ids []ingest.Identity
	for _, i := range of[o.Contact] {
		if asked := o.Identity; i.Joins() && i.Kind != "email" && (asked.Kind == "" || asked.Key() == i.Key()) {
			ids = append(ids, i.Identity)
		}
	}
	if len(ids) == 0 {
		return nil, errOptNobody
	}
	return ids, nil
}
