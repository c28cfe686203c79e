package smtp

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-smtp"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// longText is how many octets of a mail's text are stored beside it at most.
const longText = 1 << 20

// delivery is the taking of one mail.
type delivery struct {
	*session
	transaction
}

// run reads the mail, stores it for each channel in one commit, and answers for
// each recipient.
func (d *delivery) run(r io.Reader) []*smtp.SMTPError {
	share := d.in.Share()
	defer share.Release()
	t := newTransfer(d.work, d.from, d.config.MaxMessageBytes, share)
	err := t.read(r)
	if err == nil && d.conn.ended.Load() {
		err = errGone // the library takes the end of the connection for that of a last chunk
	}
	if err != nil {
		why := interrupted(err)
		d.in.Count(counted(why))
		return d.all(why)
	}
	arrivals, err := d.arrivals(t)
	if err != nil {
		return d.all(errNotStored) // a reader was waited for until the end
	}
	receipt, err := d.in.Receive(d.work, arrivals)
	if err != nil {
		why := unavailable(err)
		d.host.Log.Warn("not stored", "channel", d.host.Channel, "err", err)
		d.in.Count(counted(why))
		return d.all(why)
	}
	return d.answers(arrivals, receipt)
}

// all is one answer for all recipients.
func (d *delivery) all(a *smtp.SMTPError) []*smtp.SMTPError {
	return slices.Repeat([]*smtp.SMTPError{a}, max(1, len(d.to)))
}

// counted is the word under which a failure is counted.
func counted(a *smtp.SMTPError) string {
	switch {
	case a == errCutOff:
		return "mail_cut_off"
	case a.Temporary():
		return "mail_deferred"
	}
	return "mail_refused"
}

// arrivals are the mail as each channel gets it. The error is that of work.
func (d *delivery) arrivals(t *transfer) ([]ingest.Arrival, error) {
	select {
	case d.reading <- struct{}{}:
	case <-d.work.Done():
		return nil, d.work.Err()
	}
	of := d.arrival(t)
	<-d.reading
	if of.Problem == "" && !t.oversized() {
		d.tell(t, &of)
	}
	var list []ingest.Arrival
	at := map[string]int{}
	for _, to := range d.to {
		i, known := at[to.channel]
		if !known {
			i, at[to.channel] = len(list), len(list)
			a := of
			a.Keys, a.Message.Channel, a.Message.Technical = nil, to.channel, &ingest.Technical{Envelope: d.envelope()}
			list = append(list, a)
		}
		d.address(&list[i], to, t.hash())
	}
	for i := range list { // whatever the order of recipients, the first key is the same
		slices.Sort(list[i].Keys)
	}
	return list, nil
}

// address adds a recipient to the arrival of its channel.
func (d *delivery) address(a *ingest.Arrival, to recipient, content ingest.Hash) {
	if key := keyOf(to.address, content); !slices.Contains(a.Keys, key) {
		a.Keys = append(a.Keys, key)
	}
	e := a.Message.Technical.Envelope
	e.To = append(e.To, channels.Line(to.said, 320))
	if token := ingest.ReplyToken(to.said); token != "" && !slices.Contains(a.Message.Tokens, token) {
		a.Message.Tokens = append(slices.Clone(a.Message.Tokens), token) // a blind copy names it nowhere else
	}
}

// tell finds out who sent the mail. It may ask the DNS, so no reader waits for it.
func (d *delivery) tell(t *transfer, a *ingest.Arrival) {
	defer func() {
		if p := recover(); p != nil {
			a.Problem, a.Note = ingest.ReasonUnreadable, fmt.Sprintf("the check of the sender panicked: %T", p)
		}
	}()
	d.senders.Tell(d.work, t.raw(), &a.Message)
}

// keyOf names a mail for ever: to whom it was sent, and what.
func keyOf(address string, content ingest.Hash) string {
	return "smtp\x00" + address + "\x00" + hex.EncodeToString(content[:])
}

// arrival is the mail, whoever gets it.
func (d *delivery) arrival(t *transfer) ingest.Arrival {
	sum := t.hash()
	a := ingest.Arrival{Raw: t.raw(), Content: ingest.Sum("smtp", hex.EncodeToString(sum[:]))}
	if t.oversized() {
		d.readHeader(t, &a)
	} else {
		d.readMail(t, &a)
	}
	a.Message.Family, a.Message.ReceivedAt = ingest.Email, d.host.Now()
	if a.Message.Auto == "" {
		a.Message.Auto = ingest.AutoNone
	}
	if a.Message.SentAt == nil {
		a.Message.SentAt = &a.Message.ReceivedAt
	}
	return a
}

func (d *delivery) readMail(t *transfer, a *ingest.Arrival) {
	m, err := mime.TryRead(t.buf, mime.Options{})
	if err != nil {
		a.Problem, a.Note = ingest.ReasonUnreadable, err.Error()
		return
	}
	a.Message, a.Prints = m.Message(), prints(a.Raw)
	a.Derived = len(a.Message.Text)+len(a.Message.ReplyText)+len(a.Message.HTML) > longText
}

// prints are those by which a mail is known that an import brought. A header
// tells it from others only where servers wrote their traces into it: programs
// send the same one again and again.
func prints(raw []byte) []ingest.Print {
	all := mime.Prints(raw)
	if mime.Traced(raw) {
		return all
	}
	return slices.DeleteFunc(all, func(p ingest.Print) bool { return p.Kind == "mail" })
}

// readHeader takes what an oversized mail's header says, and a sentence in the
// place of its body.
func (d *delivery) readHeader(t *transfer, a *ingest.Arrival) {
	a.Raw = t.header()
	m := mime.ReadHeader(append(slices.Clone(t.buf[:t.path]), a.Raw...), mime.Options{}).Message()
	d.senders.TellByHeader(a.Raw, &m)
	detail := fmt.Sprintf("%d bytes, the limit is %d", t.size, d.config.MaxMessageBytes)
	m.Text = "This mail is too large, so only its header was kept: " + detail + "."
	m.ReplyText = m.Text
	m.Defects = append(m.Defects, ingest.Defect{Code: "limit_size", Detail: detail})
	a.Message = m
	if print, ok := mime.HeaderPrint(a.Raw); ok && mime.Traced(a.Raw) {
		a.Prints = []ingest.Print{print}
	}
}

// envelope is what only the transaction says.
func (d *delivery) envelope() *ingest.Envelope {
	return &ingest.Envelope{From: channels.Line(d.from, 320), Client: d.peer.address, Helo: d.peer.helo, TLS: d.peer.tls}
}

// answers is what each recipient's channel made of the mail.
func (d *delivery) answers(arrivals []ingest.Arrival, receipt ingest.Receipt) []*smtp.SMTPError {
	byChannel := map[string]*smtp.SMTPError{}
	for i, r := range receipt.Results {
		a, what := stored(r.ID.String()), "mail_stored"
		switch {
		case r.Refused != 0 && d.config.Banned == bannedReject:
			a, what = errBanned, "mail_banned"
		case r.Refused != 0:
			a, what = accepted, "mail_banned"
		case !r.Fresh:
			what = "mail_repeated"
		}
		d.in.Count(what)
		byChannel[arrivals[i].Message.Channel] = a
	}
	var list []*smtp.SMTPError
	for _, to := range d.to {
		list = append(list, byChannel[to.channel])
	}
	return list
}

// rereader reads mails again for the channels with these settings. What only
// their envelopes said is not in them, and signatures are not verified again:
// keys change.
func rereader(of ...channels.Settings) (func(raw []byte) (ingest.Message, error), error) {
	var all []mime.Senders
	for _, settings := range of {
		c, err := read(settings, "")
		if err != nil {
			return nil, err
		}
		if c.CheckDKIM = false; c.Listen != "" {
			all = append(all, c.senders(channels.Host{}))
		}
	}
	return func(raw []byte) (ingest.Message, error) { return mime.Reread(raw, all...) }, nil
}
