package chat

import (
	"net/http"
	"time"

	"gatehouse/ingest"
)

// messages takes one message. It is stored when the answer is 202; the same
// message again gets the same answer.
func (d *door) messages(w http.ResponseWriter, r *http.Request) error {
	body, release, err := d.body(w, r, d.settings.bodyLimit())
	if err != nil {
		return err
	}
	defer release()
	p, err := parse(r.Header.Get("Content-Type"), body, d.settings.MaxAttachments)
	if err != nil {
		return err
	}
	arrival, err := d.read(r, &p, len(body))
	if err != nil {
		return err
	}
	if err := d.pace(d.perVisitor, p.VisitorID); err != nil {
		return err
	}
	s, err := d.in.Standing(r.Context(), d.host.Channel, arrival.Message.Identities, d.host.ClientIP(r))
	if err != nil || s.Effect == ingest.EffectRefuse {
		return turnAway(w, err)
	}
	receipt, err := d.in.Receive(r.Context(), []ingest.Arrival{arrival})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, "application/json", map[string]ingest.ID{"id": receipt.Results[0].ID})
	return nil
}

// read checks a post and makes the arrival of it.
func (d *door) read(r *http.Request, p *parsed, size int) (ingest.Arrival, error) {
	if p.tooLarge(d.settings, p.rest) {
		return ingest.Arrival{}, trouble(http.StatusRequestEntityTooLarge, "the message or its attachments are too large")
	}
	if errs := p.check(d.settings); errs != nil {
		return ingest.Arrival{}, invalid(errs...)
	}
	verified, err := d.verified(p.VisitorID, p.VisitorHash)
	if err != nil {
		return ingest.Arrival{}, err
	}
	email, err := d.emailVerified(&p.post)
	if err != nil {
		return ingest.Arrival{}, err
	}
	full := received{
		At: d.host.Now().UTC().Truncate(time.Millisecond), IP: d.host.ClientIP(r), Region: d.region(r),
		Agent: word(r.UserAgent(), 500), Verified: verified, Email: email, Post: p.post,
	}
	return full.arrival(size)
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
func turnAway(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusForbidden, "application/json", map[string]string{"reason": "banned"})
	return nil
}

// region is where our proxy sees the caller.
func (d *door) region(r *http.Request) string {
	if d.host.ProxySaid == nil {
		return ""
	}
	return word(d.host.ProxySaid(r, d.settings.RegionHeader), 40)
}
