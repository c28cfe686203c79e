package chat

import (
	"encoding/json"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// messages takes one message. It is stored when the answer is 202; the same
// message again gets the same answer.
func (d *door) messages(w http.ResponseWriter, r *http.Request) error {
	var p post
	body, release, err := d.body(w, r, d.settings.bodyLimit(), &p)
	if err != nil {
		return err
	}
	defer release()
	arrival, err := d.read(r, &p, body)
	if err != nil {
		return err
	}
	if err := d.pace(d.perVisitor, p.VisitorID); err != nil {
		return err
	}
	banned, err := d.banned(r, arrival.Message.Identities)
	if err != nil || banned {
		return d.turnAway(w, err)
	}
	receipt, err := d.in.Receive(r.Context(), []ingest.Arrival{arrival})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, "application/json", map[string]ingest.ID{"id": receipt.Results[0].ID})
	return nil
}

// read checks a post and makes the arrival of it.
func (d *door) read(r *http.Request, p *post, body []byte) (ingest.Arrival, error) {
	if p.tooLarge(d.settings, len(body)) {
		return ingest.Arrival{}, trouble(http.StatusRequestEntityTooLarge, "the message or its attachments are too large")
	}
	if errs := p.check(d.settings); errs != nil {
		return ingest.Arrival{}, invalid(errs...)
	}
	verified, err := d.verified(p.VisitorID, p.VisitorHash)
	if err != nil {
		return ingest.Arrival{}, err
	}
	full := received{
		At: d.host.Now().UTC().Truncate(time.Millisecond), IP: d.host.ClientIP(r),
		Agent: word(r.UserAgent(), 500), Verified: verified, Post: *p,
	}
	return full.arrival(len(body))
}

// arrival is the message with its raw form, which takes about size bytes.
func (r *received) arrival(size int) (ingest.Arrival, error) {
	raw, err := r.raw(size + 256)
	if err != nil {
		return ingest.Arrival{}, err
	}
	m, err := r.message()
	if err != nil {
		return ingest.Arrival{}, err
	}
	return ingest.Arrival{Message: m, Raw: raw, Derived: true, Keys: []string{r.Post.key()}, Content: r.Post.content()}, nil
}

// turnAway answers a banned visitor, unless err says that it could not be told.
func (d *door) turnAway(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusForbidden, "application/json", map[string]string{"reason": "banned"})
	return nil
}

func (d *door) banned(r *http.Request, ids []ingest.Identity) (bool, error) {
	s, err := d.in.Standing(r.Context(), d.host.Channel, ids, d.host.ClientIP(r))
	return s.Effect == ingest.EffectRefuse, err
}

// signal is something that passes: the visitor types, or has read.
type signal struct {
	VisitorID   string          `json:"visitor_id"`
	VisitorHash string          `json:"visitor_hash"`
	Type        string          `json:"type"`
	Data        json.RawMessage `json:"data"`
}

// signalLimit is the largest body of a signal.
const signalLimit = 8 << 10

// signals takes what is not worth keeping. It is never stored.
func (d *door) signals(w http.ResponseWriter, r *http.Request) error {
	var s signal
	_, release, err := d.body(w, r, signalLimit, &s)
	if err != nil {
		return err
	}
	defer release()
	var errs []fieldError
	if says := badID(s.VisitorID); says != "" {
		errs = append(errs, fieldError{"visitor_id", says})
	}
	if says := badID(s.Type); says != "" {
		errs = append(errs, fieldError{"type", says})
	}
	if errs != nil {
		return invalid(errs...)
	}
	ids, err := d.visitor(s.VisitorID, s.VisitorHash)
	if err != nil {
		return err
	}
	if err := d.pace(d.signalling, s.VisitorID); err != nil {
		return err
	}
	banned, err := d.banned(r, ids)
	if err != nil || banned {
		return d.turnAway(w, err)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// visitor is who a request without a message comes from.
func (d *door) visitor(id, hash string) ([]ingest.Identity, error) {
	how := ingest.Header
	verified, err := d.verified(id, hash)
	if err != nil {
		return nil, err
	}
	if verified {
		how = ingest.Verified
	}
	identity, err := ingest.ParseIdentity("visitor", id, how)
	if err != nil {
		return nil, invalid(fieldError{"visitor_id", err.Error()})
	}
	return []ingest.Identity{identity}, nil
}

// standing tells the widget whether the visitor may write.
func (d *door) standing(w http.ResponseWriter, r *http.Request) error {
	id := r.URL.Query().Get("visitor_id")
	if says := badID(id); says != "" {
		return invalid(fieldError{"visitor_id", says})
	}
	ids, err := d.visitor(id, r.URL.Query().Get("visitor_hash"))
	if err != nil {
		return err
	}
	s, err := d.in.Standing(r.Context(), d.host.Channel, ids, d.host.ClientIP(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", forVisitor(s))
	return nil
}

// visible is a standing as its subject sees it.
type visible struct {
	ingest.Standing
	Until *string `json:"until"` // RFC 3339 in UTC with milliseconds
}

// forVisitor leaves of a standing what its subject may know: a ban and its
// end. Whoever is held writes like everybody else and is not told.
func forVisitor(s ingest.Standing) visible {
	if s.Effect != ingest.EffectRefuse {
		return visible{Standing: ingest.StandingUnder(nil)}
	}
	v := visible{Standing: s}
	if v.Rule = nil; s.Until != nil {
		until := s.Until.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		v.Until = &until
	}
	return v
}
