package yard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-message"
)

// Mailbox says where mail is to be had.
type Mailbox struct{ Address, User, Password string }

// TakeOver reads a mailbox's INBOX from beginning to end and stores it. The
// list says what the mails' rows are; raw bytes and text come from the server.
func (d *DB) TakeOver(ctx context.Context, m Mailbox, channel string, list []Message) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	client, err := imapclient.DialInsecure(m.Address, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Login(m.User, m.Password).Wait(); err != nil {
		return err
	}
	if _, err := client.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return err
	}
	for from := 0; from < len(list); from += BatchSize {
		batch := list[from:min(from+BatchSize, len(list))]
		if err := fetch(client, from, batch); err != nil {
			return err
		}
		if err := d.send(ctx, accepted(id, batch)); err != nil {
			return err
		}
	}
	return client.Logout().Wait()
}

// fetch reads the mails of a batch, the first of which is number from+1.
func fetch(client *imapclient.Client, from int, batch []Message) error {
	var numbers imap.SeqSet
	numbers.AddRange(uint32(from+1), uint32(from+len(batch)))
	command := client.Fetch(numbers, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	mails, err := command.Collect()
	if err != nil {
		return err
	}
	if len(mails) != len(batch) {
		return fmt.Errorf("%d of %d mails came", len(mails), len(batch))
	}
	for i, m := range mails {
		row := *batch[i].Row
		row.Raw = m.BodySection[0].Bytes
		text, err := decode(row.Raw)
		if err != nil {
			return err
		}
		if row.Body != nil {
			body := *row.Body
			body.Text, row.Body = text, &body
		}
		batch[i].Row = &row
	}
	return nil
}

// DecodeAll decodes all parts of the mails.
func DecodeAll(mails [][]byte) error {
	for _, raw := range mails {
		if _, err := decode(raw); err != nil {
			return err
		}
	}
	return nil
}

// decode decodes all parts of a mail and returns the plain text.
func decode(raw []byte) (string, error) {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := part.Header.ContentType()
		into := io.Discard
		if kind == "text/plain" {
			into = &text
		}
		if strings.HasPrefix(kind, "multipart/") {
			return err
		}
		_, copied := io.Copy(into, part.Body)
		return errors.Join(err, copied)
	})
	return text.String(), err
}
