package chat

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// signal is something that passes: the visitor types, or looks at a page.
type signal struct {
	VisitorID   string          `json:"visitor_id"`
	VisitorHash string          `json:"visitor_hash"`
	Type        string          `json:"type"`
	Data        json.RawMessage `json:"data"`
}

// signalLimit is the largest body of a signal, in octets.
const signalLimit = 8 << 10

// typingPause is how long nobody is told again that a visitor types.
const typingPause = 3 * time.Second

// signals takes what is not worth keeping, and tells those who follow the
// events just then. Of types beside those that we know nobody is told.
func (d *door) signals(w http.ResponseWriter, r *http.Request) error {
	var s signal
	body, release, err := d.body(w, r, signalLimit)
	if err != nil {
		return err
	}
	defer release()
	if err := readPost(body, &s); err != nil {
		return err
	}
	told, err := s.check()
	if err != nil {
		return err
	}
	if told.By, err = d.visitor(s.VisitorID, s.VisitorHash); err != nil {
		return err
	}
	if err := d.pace(d.signalling, s.VisitorID); err != nil {
		return err
	}
	standing, err := d.in.Standing(r.Context(), d.host.Channel, told.By, d.host.ClientIP(r))
	if err != nil || standing.Effect == ingest.EffectRefuse {
		return turnAway(w, err)
	}
	if standing.Effect == ingest.EffectNone { // who is held is not seen, and is not told so
		d.tell(r.Context(), told)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// check says what is wrong with a signal's fields, and reads the page.
func (s *signal) check() (ingest.Signal, error) {
	told := ingest.Signal{Type: s.Type}
	var errs []fieldError
	if says := badID(s.VisitorID); says != "" {
		errs = append(errs, fieldError{"visitor_id", says})
	}
	if says := badID(s.Type); says != "" {
		errs = append(errs, fieldError{"type", says})
	}
	if s.Type == ingest.SignalPage {
		var p page
		if json.Unmarshal(s.Data, &p) != nil || p.URL == "" {
			errs = append(errs, fieldError{"data", "must be a page: an object with url, title and referrer"})
		}
		told.Page = p.tidy()
	}
	if errs != nil {
		return told, invalid(errs...)
	}
	return told, nil
}

// tell passes a signal on, of typing one in a while.
func (d *door) tell(ctx context.Context, s ingest.Signal) {
	known := s.Type == ingest.SignalPage
	if s.Type == ingest.SignalTyping {
		_, known = d.typing.allow(s.By[0].Value, d.host.Now())
	}
	if known && d.host.Pass != nil {
		s.Channel = d.host.Channel
		d.host.Pass(ctx, s)
	}
}
