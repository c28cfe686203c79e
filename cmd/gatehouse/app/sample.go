package app

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"

	"gatehouse/channels"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// A Sample is what would become of a stored request or mail.
type Sample struct {
	Arrivals []ingest.Arrival
	Besides  channels.Reply // what would be counted of it besides
	Unproven bool           // nobody looked whether its sender sent it
}

// ReadSample reads what a file holds as the channel would: a request's body,
// with the head of the request if that stands before it, a widget's post, or a
// mail. Nothing is stored, and no signature is checked. An error says what the
// channel would answer.
func ReadSample(c config.Config, ch config.Channel, file []byte) (Sample, error) {
	kind, err := kindOf(ch)
	if err != nil {
		return Sample{}, err
	}
	host := hostOf(c, ch, ch.Name)
	switch {
	case kind.Webhook != nil:
		return readRequest(kind, ch, host, file)
	case kind.Sample != nil:
		arrivals, err := kind.Sample(ch.Decode, host, file)
		return Sample{Arrivals: arrivals, Unproven: true}, err
	case kind.Family == ingest.Email:
		return readMail(kind, ch, file)
	}
	return Sample{}, fault(ch, fmt.Errorf("kind %s reads no file", ch.Kind))
}

func readRequest(kind channels.Kind, ch config.Channel, host channels.Host, file []byte) (Sample, error) {
	e, err := channels.NewEndpoint(kind, ch.Decode, host, nil, nil)
	if err != nil {
		return Sample{}, fault(ch, err)
	}
	req, err := requestOf(file, host.PublicURL)
	if err != nil {
		return Sample{}, err
	}
	s := Sample{Unproven: true}
	s.Arrivals, s.Besides = e.Read(req)
	return s, nil
}

func readMail(kind channels.Kind, ch config.Channel, file []byte) (Sample, error) {
	read := kind.Reread
	if kind.Rereader != nil {
		var err error
		if read, err = kind.Rereader(ch.Decode); err != nil {
			return Sample{}, fault(ch, err)
		}
	}
	m, err := read(file)
	a := ingest.Arrival{Message: m, Raw: file}
	if err != nil {
		a.Problem, a.Note = ingest.ReasonUnreadable, err.Error()
	}
	return Sample{Arrivals: []ingest.Arrival{a}}, nil
}

// requestHead is how the head of an HTTP/1 request begins (RFC 9112 §3).
var requestHead = regexp.MustCompile(`^[A-Z]+ \S+ HTTP/1\.[01]\r?\n`)

var errHead = errors.New("the head of the request cannot be read: want a line POST /path HTTP/1.1, headers, an empty line and the body")

// requestOf is a request out of a file: a body alone, or with its head.
func requestOf(file []byte, address string) (channels.Request, error) {
	if !requestHead.Match(file) {
		r, err := http.NewRequest(http.MethodPost, address, nil)
		if err != nil {
			return channels.Request{}, err
		}
		r.Header.Set("Content-Type", looksLike(file))
		return channels.Request{Request: r, Raw: file}, nil
	}
	head, body, found := bytes.Cut(file, []byte("\r\n\r\n"))
	if !found {
		head, body, found = bytes.Cut(file, []byte("\n\n"))
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...))))
	if err != nil || !found {
		return channels.Request{}, errHead
	}
	return channels.Request{Request: r, Raw: body}, nil
}

// firstBoundary is how a form with files begins (RFC 7578 §4.1).
var firstBoundary = regexp.MustCompile(`^--([^\r\n]+)\r?\nContent-Disposition: form-data`)

// looksLike guesses the type of a body without a head.
func looksLike(body []byte) string {
	if body = bytes.TrimSpace(body); len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		return "application/json"
	}
	if m := firstBoundary.FindSubmatch(body); m != nil {
		return mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": string(m[1])})
	}
	return "application/x-www-form-urlencoded"
}
