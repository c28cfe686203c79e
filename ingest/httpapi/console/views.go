package console

import (
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	"gatehouse/ingest"
)

//go:embed pages/*.html
var pageFiles embed.FS

// views are the pages' templates, each with the frame and the parts around it.
type views map[string]*template.Template

func readViews(a assets) views {
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic(err) // they are part of the program
	}
	base := template.New("").Funcs(words(a))
	base = template.Must(base.ParseFS(pageFiles, "pages/_*.html"))
	list := views{}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".html"); ok && !strings.HasPrefix(name, "_") {
			list[name] = template.Must(template.Must(base.Clone()).ParseFS(pageFiles, "pages/"+e.Name()))
		}
	}
	return list
}

func (v views) execute(w io.Writer, name string, data any) error {
	t, ok := v[name]
	if !ok {
		return fmt.Errorf("no view %s", name)
	}
	return t.ExecuteTemplate(w, "frame", data)
}

// frame is what every page is made from.
type frame struct {
	*visit
	Data any
}

// SignedIn reports whether it is known who reads.
func (f frame) SignedIn() bool { return f.Me.Name != "" }

// Reader is the reader's name; who has none is called by their login.
func (f frame) Reader() string {
	if f.Me.User != nil && f.Me.User.Name != "" {
		return f.Me.User.Name
	}
	return f.Me.Name
}

// CSRF is the form's proof that our own page sends it.
func (f frame) CSRF() string { return f.Me.CSRFToken }

// Key makes a form take effect once, however often it is sent.
func (f frame) Key() string { return rand.Text() }

// Supervisor reports whether the reader sees what is held.
func (f frame) Supervisor() bool { return f.Me.Role.AtLeast(ingest.RoleSupervisor) }

// Admin reports whether the reader administers.
func (f frame) Admin() bool { return f.Me.Role.AtLeast(ingest.RoleAdmin) }

// At is "page" if the reader is on that page or below, for aria-current.
func (f frame) At(page string) string {
	at := f.r.URL.Path
	if at == page || page != "/" && strings.HasPrefix(at, page+"/") {
		return "page"
	}
	return ""
}

// Query is the request's query with some of it changed: name, value, name …;
// an empty value takes it away.
func (f frame) Query(changes ...string) template.URL {
	q := f.r.URL.Query()
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	return template.URL("?" + q.Encode()) // escaped by Encode
}

// Asked is a value of the request's query.
func (f frame) Asked(name string) string { return f.r.URL.Query().Get(name) }

// Search is a page with a query.
func search(page string, pairs ...string) template.URL {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return template.URL(page + "?" + q.Encode())
}
