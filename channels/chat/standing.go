package chat

import (
	"net/http"

	"golang.org/x/text/language"

	"gatehouse/ingest"
)

// visitor is who a request without a message comes from.
func (d *door) visitor(id, hash string) ([]ingest.Identity, error) {
	verified, err := d.verified(id, hash)
	if err != nil {
		return nil, err
	}
	identity, err := visitor(id, verified)
	if err != nil {
		return nil, invalid(fieldError{"visitor_id", err.Error()})
	}
	return []ingest.Identity{identity}, nil
}

// standing tells the widget whether the visitor may write.
func (d *door) standing(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query()
	id := asked.Get("visitor_id")
	if says := badID(id); says != "" {
		return invalid(fieldError{"visitor_id", says})
	}
	ids, err := d.visitor(id, asked.Get("visitor_hash"))
	if err != nil {
		return err
	}
	s, err := d.in.Standing(r.Context(), d.host.Channel, ids, d.host.ClientIP(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", forVisitor(s, languages(asked.Get("locale"), r.Header.Get("Accept-Language"))))
	return nil
}

// languages are those that the page says, then those of the browser (RFC 9110
// §12.5.4), the best known first. More than a few hundred octets are no list.
func languages(locale, accepted string) []string {
	list := []string{word(locale, 35)}
	if len(accepted) > 400 {
		return list
	}
	tags, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		return list
	}
	for _, t := range tags {
		list = append(list, t.String())
	}
	return list
}

// visible is a standing as its subject sees it.
type visible struct {
	ingest.Standing
	Until  *string `json:"until"`            // RFC 3339 in UTC with milliseconds
	Notice string  `json:"notice,omitempty"` // what to say, in the visitor's language
}

// forVisitor leaves of a standing what its subject may know: a ban and its
// end. Whoever is held writes like everybody else and is not told.
func forVisitor(s ingest.Standing, reads []string) visible {
	if s.Effect != ingest.EffectRefuse {
		return visible{Standing: ingest.StandingUnder(nil)}
	}
	v := visible{Standing: s, Notice: s.Notices.For(reads...)}
	if v.Rule = nil; s.Until != nil {
		until := s.Until.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		v.Until = &until
	}
	return v
}
