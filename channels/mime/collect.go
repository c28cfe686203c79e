package mime

import (
	"bytes"
	"slices"
)

// content is what the leaves below a part show. What they do not show is
// marked as attached.
type content struct {
	plain, html []*entity
}

func (c *content) add(d content) {
	c.plain = append(c.plain, d.plain...)
	c.html = append(c.html, d.html...)
}

// collect sorts the leaves below e as a mail reader would show them.
func (r *reader) collect(e *entity) content {
	switch {
	case len(e.kids) == 0:
		return r.leaf(e)
	case e.isAttachedWhole():
		return attachAll(e)
	case e.media == "multipart/alternative":
		return r.alternative(e)
	case e.media == "multipart/related":
		return r.related(e)
	case e.media == "multipart/encrypted":
		r.flaw("encrypted", e.path, "")
		return attachAll(e)
	case e.media == "multipart/appledouble":
		return attachAll(e) // RFC 1740: both forks of one file
	}
	var c content
	for _, kid := range e.kids {
		c.add(r.collect(kid))
	}
	return c
}

// isAttachedWhole reports a multipart within the mail that is declared an
// attachment: none of it is body, unless it begins the mail. A wrapper that
// was opened says nothing of what it holds.
func (e *entity) isAttachedWhole() bool {
	if e.path == "" || !startsWithFold([]byte(e.head.Get("Content-Type")), "multipart/") {
		return false
	}
	value, _ := e.declaredDisposition()
	return value == "attachment" && !leaves(e, nil)[0].first
}

// leaf is body if it is text without the looks of a file.
func (r *reader) leaf(e *entity) content {
	switch {
	case e.looksFiled():
		e.attached = true
		return content{}
	case e.media == "text/html":
		return content{html: []*entity{e}}
	}
	return content{plain: []*entity{e}}
}

// looksFiled reports a leaf that is shown as a file: no text, declared as an
// attachment, or named and not the first. Branches of an alternative say the
// same again, so a name does not take them out of the body; nor does a
// disposition that nobody knows out of the first text.
func (e *entity) looksFiled() bool {
	if e.media != "text/plain" && e.media != "text/html" {
		return true
	}
	if value, _ := e.declaredDisposition(); value == "attachment" {
		return true
	}
	return !e.first && (e.disposition() == "attachment" || !e.branch && e.filename() != "")
}

// alternative takes text from the first branch that has any and html from the
// last that has; text of the other branches says the same again, but for what
// goes with html in one branch: that is attached.
func (r *reader) alternative(e *entity) content {
	var c content
	for _, kid := range e.kids {
		kid.branch = true
		branch := r.collect(kid)
		if !r.anyText(c.plain) && len(branch.plain) > 0 {
			c.plain = branch.plain
		} else if len(branch.html) > 0 {
			attach(branch.plain)
		}
		if len(branch.html) > 0 && (len(c.html) == 0 || r.anyText(branch.html)) {
			c.html = branch.html
		}
	}
	return c
}

// attach marks texts that are not shown; what is blank is nothing.
func attach(list []*entity) {
	for _, e := range list {
		e.attached = len(bytes.TrimSpace(e.body)) > 0
	}
}

// related shows its root and attaches what goes with it.
func (r *reader) related(e *entity) content {
	root := e.root()
	var c content
	for _, kid := range e.kids {
		if kid.inRelated = true; kid == root || kid.isMultipart() {
			c.add(r.collect(kid))
		} else {
			kid.attached = true
		}
	}
	return c
}

// root is the part of a multipart/related that is shown: the one its start
// parameter names, else the first (RFC 2387 §3.2), unless that is none to show
// and another is.
func (e *entity) root() *entity {
	if start := bareCID(e.param.get("start")); start != "" {
		for _, kid := range e.kids {
			if kid.contentID() == start {
				return kid
			}
		}
	}
	for _, kid := range e.kids {
		if kid.isMultipart() || kid.media == "text/html" || kid.media == "text/plain" {
			return kid
		}
	}
	return e.kids[0]
}

func attachAll(e *entity) content {
	for _, leaf := range leaves(e, nil) {
		leaf.attached = true
	}
	return content{}
}

func leaves(e *entity, into []*entity) []*entity {
	if len(e.kids) == 0 {
		return append(into, e)
	}
	for _, kid := range e.kids {
		into = leaves(kid, into)
	}
	return into
}

// anyText reports leaves that are not blank. Long ones are not decoded to see.
func (r *reader) anyText(list []*entity) bool {
	for _, e := range list {
		body := bytes.TrimSpace(e.body)
		if len(body) > 0 && len(body) < 200 {
			var out bytes.Buffer
			name, _ := transferOf(e.head.Get("Content-Transfer-Encoding"))
			transfer(&out, name, body)
			body = bytes.TrimSpace(out.Bytes())
		}
		if len(body) > 0 {
			return true
		}
	}
	return false
}

// shown is the text leaves without the spare ones, if there are others.
func (r *reader) shown(c content) (plain, html []*entity) {
	isSpare := func(e *entity) bool { return e.spare }
	own := slices.DeleteFunc(slices.Concat(c.plain, c.html), isSpare)
	if !r.anyText(own) {
		return c.plain, c.html
	}
	return slices.DeleteFunc(slices.Clone(c.plain), isSpare), slices.DeleteFunc(slices.Clone(c.html), isSpare)
}
