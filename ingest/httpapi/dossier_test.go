package httpapi_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// unzip reads a file of an export: the names, and all that is said in it.
func (d *desk) unzip(id string) (files map[string]string) {
	d.t.Helper()
	a := d.ask(admin, "GET /exports/"+id+"/file", "").is(200)
	if got := a.Header.Get("Content-Type"); got != "application/zip" {
		d.t.Errorf("it is %s", got)
	}
	z, err := zip.NewReader(bytes.NewReader(a.Body), int64(len(a.Body)))
	must(d.t, err)
	files = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(d.t, err)
		b, err := io.ReadAll(r)
		must(d.t, err)
		files[f.Name] = string(b)
	}
	return files
}

func (d *desk) makeDossiers() {
	d.t.Helper()
	_, err := d.store.MakeDossiers(context.Background(), reader{})
	must(d.t, err)
}

func (d *desk) dossier(contact string) string {
	d.t.Helper()
	job := d.ask(admin, "POST /contacts/"+contact+"/dossier", "").is(202).has("kind", "dossier", "state", "running").get("id")
	d.makeDossiers()
	d.ask(admin, "GET /exports/"+job, "").is(200).has("state", "ready", "what", "dossier")
	return job
}

// A dossier has what the person wrote, conversed and held, and what is said of
// them, and nothing of anybody else.
func TestDossier(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello from ann"), d.mail("bob@example.net", "offer", "hello from bob"))
	ann := d.contact("Ann")
	d.ask(agent, "POST /contacts/"+ann+"/notes", `{"text":"rang twice"}`).is(201)
	d.rule(`{"kind":"block","target":"email:ann@example.com"}`)
	d.receive(d.mail("ann@example.com", "again", "held from ann"))
	files := d.unzip(d.dossier(ann))
	var all strings.Builder
	for name, says := range files {
		all.WriteString(says)
		if strings.Contains(name, "..") || strings.HasPrefix(name, "/") {
			t.Errorf("a file is called %q", name)
		}
	}
	for name, want := range map[string]string{"README.txt": "Not here:", "contacts.json": ann, "identities.json": "ann@example.com",
		"notes.json": "rang twice", "rules.json": "ann@example.com", "messages/held.json": "again", "audit.json": "contact:" + ann} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s says not %q: %.300s", name, want, files[name])
		}
	}
	for _, want := range []string{"hello from ann", "held from ann"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not there", want)
		}
	}
	if strings.Contains(all.String(), "bob") {
		t.Error("it tells of somebody else")
	}
}

// A dossier is the administrators' alone, and goes with the person.
func TestDossierIsDeletedWithThePerson(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	ann := d.contact("Ann")
	id := d.dossier(ann)
	d.ask(supervisor, "GET /exports/"+id+"/file", "").problem(403, "role")
	d.ask(supervisor, "GET /exports", "").is(200).has("items", "0")
	other := d.ask(admin, "POST /contacts/"+ann+"/dossier", "").is(202).get("id") // not made yet
	d.ask(supervisor, "POST /jobs/"+other+"/cancel", "").problem(403, "role")
	d.ask(admin, "POST /contacts/"+ann+"/erase", "{}").is(202)
	d.work()
	d.ask(admin, "GET /exports/"+id+"/file", "").problem(410, "gone")
	d.makeDossiers()
	d.ask(admin, "GET /exports/"+other, "").is(200).has("state", string(ingest.JobFailed), "error", "gone")
	d.ask(admin, "POST /contacts/"+ann+"/dossier", "").problem(409, "erased")
}
