package postgres

import (
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/ingest"
)

var sqlDossierMessage = statement("dossier_message")

// dossierSaid is all that is stored of a message, one of which is in memory at a
// time.
type dossierSaid struct {
	stored string // a JSON object
	body   dossierBody
	bytes  int64 // to be read again; 0: none

	at                                   time.Time
	channel, kind, name, sender, subject string
}

// dossierBody is what a message says, whether that is kept or read again.
type dossierBody struct {
	Text      string          `json:"text"`
	ReplyText string          `json:"reply_text"`
	HTML      string          `json:"html"`
	Document  json.RawMessage `json:"document"`
}

// said reads a message. What only its raw bytes say it says as the API does; of
// the dead it does not, since reading them again may be what they died of.
func (d *dossier) said(m dossierMessage) (*dossierSaid, error) {
	s, b := &dossierSaid{}, dossierBody{}
	err := d.tx.QueryRow(d.ctx, sqlDossierMessage, m.ID).Scan(&s.stored, &b.Text, &b.ReplyText, &b.HTML, (*[]byte)(&b.Document), &s.bytes,
		&s.at, &s.channel, &s.kind, &s.name, &s.sender, &s.subject)
	if s.body = b; err != nil || s.bytes == 0 {
		return s, err
	}
	release, err := d.reader.Hold(d.ctx, s.bytes)
	if err != nil {
		return nil, err
	}
	defer release()
	return s, eachRaw(d.ctx, d.tx, []ingest.ID{m.ID}, func(_ ingest.ID, raw []byte) {
		if again, read := readAgain(d.reader, s.kind, raw); read {
			again.Family = m.Family
			s.body = dossierBody{again.Text, again.ReplyText, again.HTML, json.RawMessage(toJSON(documentOf(&again)))}
		}
	})
}

// json is the message with what it says.
func (s *dossierSaid) json() string {
	return s.stored[:len(s.stored)-1] + ", " + toJSON(s.body)[1:]
}

// lines are the message to read.
func (s *dossierSaid) lines(m dossierMessage) string {
	says := s.body.Text
	if says == "" && m.State != ingest.Refused && m.State != ingest.Purged {
		says = "(as it came: raw/" + m.ID.String() + ")"
	}
	return fmt.Sprintf("%s  %s  %s  %s\n%s <%s>\n%s\n\n%s\n\n----\n\n", s.at.UTC().Format(time.RFC3339), s.channel, m.State, m.ID,
		s.name, s.sender, s.subject, says)
}
