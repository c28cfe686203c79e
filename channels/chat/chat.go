// Package chat is the door for a chat widget: a small public HTTP surface that
// browsers call. What a visitor writes is stored before it is acknowledged,
// and a message sent twice is stored once.
//
//	POST /chat/{channel}/messages   one message: 202 {"id"}, 403 {"reason":"banned"}
//	POST /chat/{channel}/signals    typing, page: 202, told to who follows events, never stored
//	GET  /chat/{channel}/standing   may this visitor write, and what does the widget show
//
// A message is JSON, or a form (RFC 7578) with the JSON in its field message and
// a part for each file.
//
// Names and addresses that a visitor types are claims. Who the visitor is, is
// said by visitor_id, which the site vouches for by visitor_hash if the
// channel has a visitor_secret; it may vouch for the address by email_hash.
package chat

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is the chat door.
var Kind = channels.Kind{
	Name:       "chat",
	Tried:      "its own requests; no widget of others",
	Family:     ingest.Chat,
	Door:       open,
	Reread:     Reread,
	Attachment: Attachment,
	Setup:      setup,
	Sample:     Sample,
}

// settings is a chat channel in the configuration.
type settings struct {
	// Origins are the sites whose pages may call, exactly as a browser names
	// them. Callers that send no Origin are no browsers and need none.
	Origins []string `yaml:"origins"`
	// VisitorSecret makes visitor_hash obligatory: the hexadecimal
	// HMAC-SHA256 of visitor_id under it. With email_hash, that of visitor_id, a
	// line feed and email, the address is proven too.
	VisitorSecret channels.Secrets `yaml:"visitor_secret"`
	// MaxBodyBytes bounds a message without the data of its attachments.
	MaxBodyBytes int64 `yaml:"max_body_bytes"`
	// MaxAttachmentBytes bounds the attachments of a message together, decoded.
	MaxAttachmentBytes int64 `yaml:"max_attachment_bytes"`
	MaxAttachments     int   `yaml:"max_attachments"` // of a message
	// AttachmentTypes are the media types that attachments may say they are, as
	// image/*, application/pdf. Empty: any.
	AttachmentTypes []string `yaml:"attachment_types"`
	VisitorRate     float64  `yaml:"visitor_rate"`  // messages a second that a visitor may write; 0: any number
	VisitorBurst    int      `yaml:"visitor_burst"` // so many at once
	// IPRate bounds the requests a second of an address (of IPv6, of a /64). 0: any
	// number, and as many uploads of large messages at a time.
	IPRate  float64 `yaml:"ip_rate"`
	IPBurst int     `yaml:"ip_burst"` // so many at once
	// RegionHeader is one that our own proxy sets on every request, as
	// CF-IPCountry: where it sees the visitor. Only http.trusted_proxies are believed.
	RegionHeader string `yaml:"region_header"`
}

func defaults() settings {
	return settings{
		MaxBodyBytes: 1 << 20, MaxAttachmentBytes: 8 << 20, MaxAttachments: 10,
		VisitorRate: 2, VisitorBurst: 20, IPRate: 20, IPBurst: 200,
	}
}

// open makes the door of one channel.
func open(decode channels.Settings, host channels.Host, in channels.Intake) (http.Handler, error) {
	s := defaults()
	if err := decode(&s); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return newDoor(s, host, in), nil
}

func (s settings) check() error {
	for _, o := range s.Origins {
		if u, err := url.Parse(o); err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host {
			return fmt.Errorf("origins: %q is no origin: want scheme://host or scheme://host:port", o)
		}
	}
	for _, t := range s.AttachmentTypes {
		if !mediaRange.MatchString(t) {
			return fmt.Errorf("attachment_types: %q is no media type: want one as application/pdf or image/*", t)
		}
	}
	if s.MaxBodyBytes <= 0 || s.MaxAttachmentBytes < 0 || s.MaxAttachments < 0 {
		return errors.New("max_body_bytes must be positive, max_attachment_bytes and max_attachments not negative")
	}
	if s.VisitorRate < 0 || s.IPRate < 0 || s.VisitorRate > 0 && s.VisitorBurst < 1 || s.IPRate > 0 && s.IPBurst < 1 {
		return errors.New("a rate must not be negative, and its burst must be at least 1")
	}
	return nil
}

var mediaRange = regexp.MustCompile(`^[a-z0-9.+-]+/(\*|[a-z0-9.+-]+)$`)

// takes reports whether an attachment may be of the media type.
func (s settings) takes(of string) bool {
	major, _, _ := strings.Cut(of, "/")
	return len(s.AttachmentTypes) == 0 || slices.Contains(s.AttachmentTypes, of) || slices.Contains(s.AttachmentTypes, major+"/*")
}

// bodyLimit is the most bytes that a request may have: base64 takes four for three.
func (s settings) bodyLimit() int64 {
	return s.MaxBodyBytes + (s.MaxAttachmentBytes+2)/3*4
}
