package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxElements bounds what one request may list: its messages are stored in one
// transaction.
const maxElements = 10_000

// body is a request's body, read.
type body struct {
	kind     string // "json" or "form"
	whole    source
	elements []element
}

// element is a part of a body that is a message, or means to be.
type element struct {
	raw    []byte
	source source
}

// Parse makes a message of each element. It fails if the body is neither JSON
// nor a form, or has no list where one must be.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	var reply channels.Reply
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		reply.Ignored = 1 // somebody tries whether we are there
		return nil, reply, nil
	}
	b, err := readBody(r, h.settings.Each)
	if err != nil {
		return nil, reply, err
	}
	var arrivals []ingest.Arrival
	for i, e := range b.elements {
		if !h.wanted(b, e) {
			reply.Ignored++
			continue
		}
		a, err := h.arrival(r, b, i)
		if err != nil {
			return nil, reply, err
		}
		arrivals = append(arrivals, a)
	}
	return arrivals, reply, nil
}

func readBody(r channels.Request, each string) (body, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		return body{}, errors.New("multipart forms are not read")
	}
	if kind == "application/x-www-form-urlencoded" {
		values, err := url.ParseQuery(string(r.Raw))
		if err != nil {
			return body{}, errors.New("the body is no form")
		}
		return body{"form", form(values), []element{{r.Raw, form(values)}}}, nil
	}
	if !json.Valid(r.Raw) {
		return body{}, errors.New("the body is not JSON")
	}
	root := &node{raw: r.Raw}
	if each == "" {
		return body{"json", root, []element{{r.Raw, root}}}, nil
	}
	elements, err := listed(root, each)
	return body{"json", root, elements}, err
}

func listed(root *node, each string) ([]element, error) {
	list := root.at(each)
	if list == nil || list.begins() != '[' {
		return nil, fmt.Errorf("%s is no list", each)
	}
	var elements []element
	for _, raw := range list.members() {
		if len(elements) == maxElements {
			return nil, fmt.Errorf("%s lists more than %d elements", each, maxElements)
		}
		elements = append(elements, element{raw, &node{raw: raw}})
	}
	return elements, nil
}

// wanted reports whether an element is what Only asks for.
func (h *hook) wanted(b body, e element) bool {
	for path, want := range h.settings.Only {
		from := e.source
		if strings.HasPrefix(path, "$") {
			from = b.whole
		}
		if got, err := from.value(path); err != nil || got != want {
			return false
		}
	}
	return true
}

// arrival is element i of a body. One that is no message is dead with its bytes.
func (h *hook) arrival(r channels.Request, b body, i int) (ingest.Arrival, error) {
	e := b.elements[i]
	env := h.envelope(b, h.proof.delivery(r))
	raw, err := channels.Seal(env, e.raw)
	if err != nil {
		return ingest.Arrival{}, err
	}
	a := ingest.Arrival{
		Raw: raw, Derived: true, Keys: []string{h.key(r, e, env, i)}, Content: ingest.Sum(string(e.raw)),
	}
	if a.Message, err = env.message(e.source); err != nil {
		a.Message = ingest.Message{ReceivedAt: env.At, Auto: ingest.AutoNone}
		a.Derived, a.Problem, a.Note = false, ingest.ReasonUnreadable, channels.Line(err.Error(), 500)
	}
	return a, nil
}

func (h *hook) envelope(b body, delivery string) envelope {
	s := h.settings
	env := envelope{
		At: h.host.Now().UTC().Truncate(time.Millisecond), Type: b.kind, Delivery: delivery,
		Map: s.Map, Kind: s.FromKind, How: s.FromHow,
	}
	for _, path := range s.Map.paths() {
		if s.Each != "" && strings.HasPrefix(path, "$.") {
			env.outer(path, b.whole)
		}
	}
	return env
}

// key names the message for ever: the id that is mapped, else the delivery's
// name, else what was sent; the latter two with the element's place.
func (h *hook) key(r channels.Request, e element, env envelope, i int) string {
	if h.settings.Map.ID != "" {
		id, err := env.value(e.source, h.settings.Map.ID)
		if id = channels.Text(id); err == nil && strings.TrimSpace(id) != "" && len(id) <= ingest.MaxValue {
			return id
		}
	}
	key := channels.Text(env.Delivery)
	if key == "" || len(key) > ingest.MaxValue {
		sum := sha256.Sum256(r.Raw)
		key = "body:" + hex.EncodeToString(sum[:])
	}
	if h.settings.Each != "" {
		key = fmt.Sprintf("%s#%d", key, i)
	}
	return key
}
