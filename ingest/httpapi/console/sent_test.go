package console_test

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/console"
)

// Whose session ends while they write signs in again, and what they wrote is
// sent: once, and as themselves.
func TestWhatIsSentAfterTheSessionEndedIsKept(t *testing.T) {
	d := open(t)
	d.receive("ann@example.com", "My order", "Where is it?", "")
	ann := d.person(ingest.RoleAgent)
	at := d.contactOf("ann@example.com")
	form := ann.open(at).is(http.StatusOK).form()
	form.Set("text", "Call her <b>back</b>")
	login := ann.login
	ann.cookies = map[string]string{}
	asked := ann.send(at+"/notes", form).is(http.StatusUnauthorized).shows("nothing of what you wrote is lost")
	answer := asked.form()
	answer.Set("login", login)
	answer.Set("password", "wrong")
	again := ann.send("/sign-in", answer).is(http.StatusUnauthorized).form()
	again.Set("login", login)
	again.Set("password", word)
	resumed := ann.send("/sign-in", again).is(http.StatusOK).shows("Send it now?", "Call her &lt;b&gt;back&lt;/b&gt;").form()
	if resumed.Get("csrf_token") == form.Get("csrf_token") || resumed.Get("csrf_token") == "" || resumed.Get("key") != form.Get("key") {
		t.Errorf("%v is sent after %v", resumed, form)
	}
	for range 2 {
		ann.send(at+"/notes", resumed).is(http.StatusSeeOther)
	}
	if text := ann.open(at).is(http.StatusOK).Text; strings.Count(text, "Call her") != 1 {
		t.Errorf("the note is not there once\n%s", text)
	}
}

// withElsewhere lets people sign in by OpenID Connect, too: what they bring along
// is the same whoever vouches for them.
func withElsewhere(o *httpapi.Options) { o.SignIn.OIDC = struct{ httpapi.OIDC }{} }

// Who was refused elsewhere is told why, in words of ours alone, and the next try leads
// to the page that they were on their way to.
func TestWhoIsRefusedElsewhereIsToldWhy(t *testing.T) {
	d := open(t, withElsewhere)
	nobody := d.nobody()
	for why, says := range map[string]string{"no-role": "gives you no role here", "<b>evil": "Signing in did not work"} {
		nobody.open("/sign-in?"+url.Values{"refused": {why}, "next": {"/contacts?q=ann"}}.Encode()).is(http.StatusOK).
			shows(says, `href="/api/v1/session/oidc?next=%2Fcontacts%3Fq%3Dann"`).not("evil")
	}
}

// written is a note that ann sent when her session was over, as the page to sign in
// on carries it elsewhere.
func (d *desk) written() (ann *person, at string, kept url.Values) {
	d.t.Helper()
	d.receive("ann@example.com", "My order", "Where is it?", "")
	ann = d.person(ingest.RoleAgent)
	at = d.contactOf("ann@example.com")
	form := ann.open(at).is(http.StatusOK).form()
	form.Set("text", "Call her back")
	ann.cookies = map[string]string{}
	asked := ann.send(at+"/notes", form).is(http.StatusUnauthorized).shows("data-elsewhere", `action="/sent" data-sent`).form()
	return ann, at, url.Values{"again": asked["again"][:1], "sent": asked["sent"][:1]}
}

func (p *person) signIn(more url.Values) page {
	p.d.t.Helper()
	form := url.Values{"login": {p.login}, "password": {word}}
	maps.Copy(form, more)
	return p.send("/sign-in", form)
}

// Whoever signs in elsewhere brings along what they sent, and sends it themselves;
// too early they are asked to sign in, and it is still there.
func TestWhatIsSentIsKeptForWhoSignsInElsewhere(t *testing.T) {
	d := open(t, withElsewhere)
	ann, at, kept := d.written()
	again := ann.send("/sent", kept).is(http.StatusUnauthorized).shows("nothing of what you wrote is lost").form()
	if again.Get("again") != kept.Get("again") || again.Get("sent") != kept.Get("sent") {
		t.Errorf("%v is kept of %v", again, kept)
	}
	ann.signIn(nil).is(http.StatusSeeOther)
	resumed := ann.send("/sent", kept).is(http.StatusOK).shows("Send it now?", "Call her back").form()
	ann.open(at).is(http.StatusOK).not("Call her back")
	ann.send(at+"/notes", resumed).is(http.StatusSeeOther)
	ann.open(at).is(http.StatusOK).shows("Call her back")
}

// Somebody else is neither shown nor made to send it, whichever way they sign in.
func TestWhatSomebodyElseSentIsNotSentOn(t *testing.T) {
	d := open(t, withElsewhere)
	_, at, kept := d.written()
	bob := d.person(ingest.RoleAdmin)
	bob.send("/sent", kept).is(http.StatusOK).shows("Not sent").not("Call her back", `action="`+at)
	bob.signIn(kept).is(http.StatusOK).shows("Not sent").not("Call her back", `action="`+at)
	form, err := url.ParseQuery(kept.Get("sent"))
	must(t, err)
	form.Del("who")
	kept.Set("sent", form.Encode())
	bob.send("/sent", kept).is(http.StatusOK).shows("Not sent").not("Call her back")
}

// Nothing that another site says was sent comes to be sent.
func TestAStrangersFormIsNotBroughtAlong(t *testing.T) {
	d := open(t, withElsewhere)
	ann, _, kept := d.written()
	ann.signIn(nil).is(http.StatusSeeOther)
	for _, at := range []string{"/sent", "/sign-in"} {
		r := request(http.MethodPost, at, kept)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		ann.ask(r).not("Call her back", "Call&#43;her", kept.Get("again"))
	}
}

// What is too long to be kept is said to be, and so are files.
func TestWhatIsTooLongToBeKept(t *testing.T) {
	d := open(t)
	nobody := d.nobody()
	nobody.send("/contacts/x/notes", url.Values{"text": {strings.Repeat("x", 65<<10)}}).is(http.StatusUnauthorized).shows("longer than 64 kB").not("is lost", "xxx")
	r := request(http.MethodPost, "/rules/import", nil)
	r.Body = io.NopCloser(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nban\r\n--b--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	nobody.ask(r).is(http.StatusUnauthorized).shows("files").not("is lost")
}

// A form of another site is not kept for who signs in after it, and no password is.
func TestNoStrangersFormAndNoPasswordIsKept(t *testing.T) {
	d := open(t)
	nobody := d.nobody()
	for from, kept := range map[string]bool{"same-origin": true, "cross-site": false} {
		r := request(http.MethodPost, "/contacts/x/notes", url.Values{"text": {"planted"}})
		r.Header.Set("Sec-Fetch-Site", from)
		if a := nobody.ask(r).is(http.StatusUnauthorized); strings.Contains(a.Text, "planted") != kept {
			t.Errorf("sent from %s: %s", from, a.Text)
		}
	}
	nobody.send("/people", url.Values{"login": {"planted"}, "password": {"secret"}}).is(http.StatusUnauthorized).not("planted", "secret")
}

// A page that panics is a page, with the name that the log has.
func TestAFaultIsAPage(t *testing.T) {
	var log bytes.Buffer
	d := open(t)
	torn := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/conversations") {
			panic("torn")
		}
		d.api.ServeHTTP(w, r)
	})
	ann := d.person(ingest.RoleAgent)
	d.Handler = console.New(console.Options{API: torn, Log: slog.New(slog.NewTextHandler(&log, nil))})
	a := ann.open("/conversations").is(http.StatusInternalServerError).shows("This did not work", "Contacts</a>")
	if name := a.find("under ([A-Z2-7]{8})"); !strings.Contains(log.String(), "fault="+name) {
		t.Errorf("%s\n%s", a.Text, &log)
	}
}

// While the database is away a page says so and tries again; what was sent can be
// sent once more.
func TestWithoutADatabaseAPageSaysSo(t *testing.T) {
	d := open(t)
	ann := d.person(ingest.RoleAgent)
	d.Handler = d.around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"type":"unavailable","status":503,"detail":"try again in a moment"}`))
	}))
	a := ann.open("/contacts").is(http.StatusServiceUnavailable).shows("cannot reach its database", "tries again")
	if a.Header.Get("Refresh") != "5" {
		t.Errorf("%v", a.Header)
	}
	a = ann.send("/contacts/x/notes", url.Values{"text": {"mine"}, "key": {"k"}, "csrf_token": {"c"}}).is(http.StatusServiceUnavailable).shows("Send it again", "mine")
	if got := a.form(); got.Get("key") != "k" || got.Get("csrf_token") != "c" || a.Header.Get("Refresh") != "" {
		t.Errorf("%v %v", got, a.Header)
	}
}
