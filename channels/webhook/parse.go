package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxAround bounds what is kept beside the elements of a request: each has a copy
// of it.
const maxAround = 64 << 20

// posting is a request being read.
type posting struct {
	*hook
	channels.Request
	outer  map[string][]string // what is asked for from around the elements, by path
	around around
}

// Parse makes a message of each element. It fails if the body cannot be read, or
// has no list where one must be.
func (h *hook) Parse(r channels.Request) (list []ingest.Arrival, reply channels.Reply, err error) {
	p := posting{hook: h, Request: r, outer: map[string][]string{}}
	p.takeRequest()
	if len(bytes.TrimSpace(r.Raw)) == 0 && len(p.outer) == 0 {
		reply.Ignore("the request is empty: somebody tries whether we are there")
		return nil, reply, nil
	}
	b, err := readBody(h.settings.Body, r)
	if err != nil {
		return nil, reply, err
	}
	name := p.name(b)
	p.takeBody(b.whole)
	if d := p.unmet(b.whole, true); d != nil {
		reply.Ignore(d.says())
		return nil, reply, nil
	}
	if err := b.cut(h.settings.Each); err != nil {
		return nil, reply, err
	}
	if err := p.surround(b); err != nil {
		return nil, reply, err
	}
	if len(b.elements) == 0 {
		reply.Ignore(fmt.Sprintf("nothing is at %s", h.settings.Each))
	}
	for i := range b.elements {
		if d := p.unmet(b.source(i), false); d != nil {
			reply.Ignore(d.says())
			continue
		}
		list = append(list, p.arrival(b, i, name))
	}
	return list, reply, nil
}

// takeRequest takes what is asked for of the request's head.
func (p *posting) takeRequest() {
	query := queryOf(p.URL.RawQuery)
	for _, path := range p.outside {
		var texts []string
		switch path.from {
		case ofHeader:
			texts = p.Header.Values(path.name)
		case ofQuery:
			texts = query.All(path.name)
		}
		if len(texts) > 0 {
			p.outer[path.text] = texts
		}
	}
}

// queryOf reads the parameters of a URL. What is badly escaped ("100% sure") stays
// as it is: with a GET there is nothing else that could be kept.
func queryOf(raw string) (f channels.Form) {
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if text, err := url.QueryUnescape(value); err == nil {
			value = text
		}
		if text, err := url.QueryUnescape(name); err == nil {
			f = append(f, channels.Field{Name: text, Value: value})
		}
	}
	return f
}

// takeBody takes what is asked for of the whole body, where that is not the
// element. What cannot be read is absent.
func (p *posting) takeBody(whole source) {
	if len(p.settings.Each) == 0 {
		return
	}
	for _, path := range p.outside {
		if path.from == ofBody {
			p.outer[path.text], _ = whole.texts(path)
		}
	}
}

// unmet is a demand that the request, or an element, does not meet; nil: it meets
// all.
func (p *posting) unmet(of source, request bool) *demand {
	for _, d := range p.only {
		if d.ofRequest() == request && !d.met(&finder{source: of, outer: p.outer}) {
			return &d
		}
	}
	return nil
}

// surround says what goes with each element.
func (p *posting) surround(b body) error {
	s, size := p.settings, 0
	p.around = around{Map: s.Map, Kind: s.FromKind, How: s.FromHow, senders: s.senders}
	for _, path := range s.Map.paths() {
		if texts, found := p.outer[path.text]; found {
			p.around.take(path.text, texts)
			size += len(strings.Join(texts, ""))
		}
	}
	if size*len(b.elements) > maxAround {
		return errors.New("what is taken from around the elements is too long for a copy with each")
	}
	if b.kind == ofMultipart || b.kind == ofText {
		p.around.Type = p.Header.Get("Content-Type")
	}
	return nil
}

// arrival is that of an element. A mail is named by its own bytes if its delivery has
// no name; all else by those of the request, and the place in it.
func (p *posting) arrival(b body, i int, name string) ingest.Arrival {
	switch {
	case b.kind == ofMail:
		p.around.Delivery, _ = p.delivered()
	case b.listed:
		p.around.Key = fmt.Sprintf("%s#%d", name, i)
	default:
		p.around.Key = name
	}
	stamp := p.host.Stamp()
	stamp.Product = b.kind
	stamp.Outer, _ = json.Marshal(p.around) // texts only: it cannot fail
	return reader.Arrival(stamp, b.elements[i])
}

// delivered is what the sender of the request calls the delivery.
func (p *posting) delivered() (string, bool) {
	name := channels.Text(p.proof.delivery(p.Request))
	if len(name) > ingest.MaxValue {
		return "", false
	}
	return name, name != ""
}

// name is of the delivery: what its sender calls it, else what was sent.
func (p *posting) name(b body) string {
	if name, ok := p.delivered(); ok {
		return name
	}
	sum := sha256.New()
	sum.Write(b.said(p.Raw))
	for _, path := range slices.Sorted(maps.Keys(p.outer)) {
		fmt.Fprintf(sum, "\n%s: %q", path, p.outer[path])
	}
	return "body:" + hex.EncodeToString(sum.Sum(nil))
}
