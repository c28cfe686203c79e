package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"gatehouse/ingest/httpapi"
)

// sent is a form that took no effect, to be sent once more: because the session
// was over, or the database away.
type sent struct {
	To     string
	Fields []sentField
}

type sentField struct{ Name, Value string }

// unseen are fields that nobody wrote or chose.
var unseen = []string{"csrf_token", "key", "who", "back", "again", "sent"}

// Shown reports whether the field is what somebody wrote or chose.
func (f sentField) Shown() bool { return f.Value != "" && !slices.Contains(unseen, f.Name) }

// secrets are fields that no page shows again.
var secrets = []string{"password", "old", "new"}

// maxSent bounds what of a form is kept in a page, in octets.
const maxSent = 64 << 10

// sent is what the reader sends, if the same may do later; nil: it will not.
func (v *visit) sent(p *httpapi.Problem) *sent {
	if p.Status != http.StatusServiceUnavailable && p.Status != http.StatusTooManyRequests {
		return nil
	}
	return v.form()
}

// form is what the reader sends; nil if it is no form, or not ours to keep: a
// stranger's must not come to be sent by who signs in after it. A file is too long.
func (v *visit) form() *sent {
	file := v.r.MultipartForm != nil && len(v.r.MultipartForm.File) > 0
	if v.r.Method != http.MethodPost || v.ours.Check(v.r) != nil || file || len(v.r.PostForm.Encode()) > maxSent {
		return nil
	}
	return kept(v.r.URL.Path, v.r.PostForm)
}

// kept is what was sent before the session was over, as the page to sign in on has
// carried it; nil: nothing was, or it is a stranger's.
func (v *visit) kept() *sent {
	form, err := url.ParseQuery(v.r.PostFormValue("sent"))
	if err != nil || v.r.PostFormValue("again") == "" || v.ours.Check(v.r) != nil {
		return nil
	}
	return kept(v.r.PostFormValue("again"), form)
}

// goOn is where who signed in elsewhere comes with what they sent before.
func (v *visit) goOn() error {
	s := v.kept()
	if s == nil {
		return errNoPage
	}
	return v.resume(s)
}

// resume asks whether to send what was sent before the session was over. What
// somebody else sent is neither shown nor sent.
func (v *visit) resume(s *sent) error {
	if v.Me.User == nil || s.who() != number(v.Me.User.ID) {
		s = nil
	}
	return v.render(http.StatusOK, "resume", s)
}

// who is the person whose page the form was on, by number.
func (s *sent) who() string {
	for _, f := range s.Fields {
		if f.Name == "who" {
			return f.Value
		}
	}
	return ""
}

// kept is a form, in the order of its names; nil if it has secrets.
func kept(to string, form url.Values) *sent {
	s := &sent{To: httpapi.LocalPage(to)}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if slices.Contains(secrets, name) {
			return nil
		}
		for _, value := range form[name] {
			s.Fields = append(s.Fields, sentField{name, value})
		}
	}
	return s
}

// Encoded is the form as one text, without the proof of the session that is over.
func (s *sent) Encoded() string {
	q := url.Values{}
	for _, f := range s.Fields {
		if f.Name != "csrf_token" {
			q.Add(f.Name, f.Value)
		}
	}
	return q.Encode()
}
