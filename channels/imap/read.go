package imap

import (
	"context"
	"fmt"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// A reading is what was read out of one mail.
type reading struct {
	Message ingest.Message
	Prints  []ingest.Print
}

// A reader reads a whole mail. An error means that it could not: the mail
// becomes dead, with its bytes.
type reader func(ctx context.Context, raw []byte) (reading, error)

// here reads in this process. A panic over one mail is that mail's problem.
func here(_ context.Context, raw []byte) (r reading, err error) {
	defer rescue(&err)
	m, err := mime.TryRead(raw, mime.Options{})
	if err != nil {
		return reading{}, err
	}
	return reading{m.Message(), mime.Prints(raw)}, nil
}

// telling reads, and then finds out who sent the mail.
func (read reader) telling(tell func(ctx context.Context, raw []byte, m *ingest.Message)) reader {
	return func(ctx context.Context, raw []byte) (r reading, err error) {
		if r, err = read(ctx, raw); err != nil {
			return r, err
		}
		defer rescue(&err)
		tell(ctx, raw, &r.Message)
		return r, nil
	}
}

// rescue makes an error of a panic, without its value, which may quote the mail.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the reader panicked: %T", p)
	}
}

// readHeader reads what a header alone tells.
func (p *Poller) readHeader(header []byte) reading {
	r := reading{Message: mime.ReadHeader(header, mime.Options{}).Message()}
	p.senders.TellByHeader(header, &r.Message)
	if print, ok := mime.HeaderPrint(header); ok {
		r.Prints = []ingest.Print{print}
	}
	return r
}

// rereader reads mails again for the channels with these settings, of which
// any may have got them: if one of them would not have believed the sender,
// none does, and a sender that they name differently is the one in From.
// Signatures are not verified again: keys change.
func rereader(of ...channels.Settings) (func(raw []byte) (ingest.Message, error), error) {
	var all []mime.Senders
	for _, settings := range of {
		c, err := read(settings)
		if err != nil {
			return nil, err
		}
		c.CheckDKIM = false
		all = append(all, c.senders(channels.Host{}))
	}
	return func(raw []byte) (ingest.Message, error) { return mime.Reread(raw, all...) }, nil
}
