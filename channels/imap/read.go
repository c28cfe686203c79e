package imap

import (
	"context"
	"fmt"
	"slices"

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
func here(o mime.Options) reader {
	return func(_ context.Context, raw []byte) (r reading, err error) {
		defer rescue(&err)
		m, err := mime.TryRead(raw, o)
		if err != nil {
			return reading{}, err
		}
		return reading{m.Message(), mime.Prints(raw)}, nil
	}
}

// rescue makes an error of a panic, without its value, which may quote the mail.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the reader panicked: %T", p)
	}
}

// readHeader reads what a header alone tells.
func readHeader(header []byte, o mime.Options) reading {
	r := reading{Message: mime.ReadHeader(header, o).Message()}
	if print, ok := mime.HeaderPrint(header); ok {
		r.Prints = []ingest.Print{print}
	}
	return r
}

// rereader reads mails again for the channels with these settings, of which
// any may have got them: if one of them would not have believed the sender,
// none does.
func rereader(of ...channels.Settings) (func(raw []byte) (ingest.Message, error), error) {
	var believed []string
	for _, settings := range of {
		c, err := read(settings)
		if err != nil {
			return nil, err
		}
		if c.AuthServID != "" && !slices.Contains(believed, c.AuthServID) {
			believed = append(believed, c.AuthServID)
		}
	}
	return func(raw []byte) (ingest.Message, error) { return reread(raw, believed...) }, nil
}

// reread reads a mail again; believed are the servers each of which may say
// that its sender is not proven.
func reread(raw []byte, believed ...string) (ingest.Message, error) {
	m, err := mime.TryRead(raw, mime.Options{})
	if err != nil {
		return ingest.Message{}, err
	}
	for _, id := range believed {
		m.Unproven = m.Unproven || mime.ReadHeader(raw, mime.Options{AuthServID: id}).Unproven
	}
	return m.Message(), nil
}
