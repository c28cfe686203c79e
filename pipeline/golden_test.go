package pipeline_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

var update = flag.Bool("update", false, "write the golden files anew")

// caseFile is a question: what becomes of this message?
type caseFile struct {
	Why      string          `json:"why"`
	Family   ingest.Family   `json:"family"`
	Message  ingest.Message  `json:"message"`
	Facts    ingest.Facts    `json:"facts"`
	Rules    []caseRule      `json:"rules"`
	Settings ingest.Settings `json:"settings"` // where they differ from the defaults
}

type caseRule struct {
	ingest.Rule
	Epoch int64 `json:"epoch"`
}

// golden is the answer.
type golden struct {
	To           ingest.State        `json:"to"`
	Rule         int64               `json:"rule,omitempty"`
	Reason       ingest.Reason       `json:"reason,omitempty"`
	Contact      ingest.ID           `json:"contact,omitzero"`
	Conversation ingest.ID           `json:"conversation,omitzero"`
	Opens        *ingest.Opening     `json:"opens,omitempty"`
	Reopens      bool                `json:"reopens,omitempty"`
	Ticket       ingest.ID           `json:"ticket,omitzero"`
	Hit          int64               `json:"hit,omitempty"`
	Draws        []ingest.BucketKind `json:"draws,omitempty"`
	Trail        []string            `json:"trail"`
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.case.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".case.json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			c := readCase(t, file)
			got := answer(pipeline.Decide(c.book(), c.Message, c.Facts))
			compare(t, name+".golden.json", got)
		})
	}
}

func readCase(t *testing.T, file string) caseFile {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := caseFile{Settings: ingest.DefaultSettings()}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if c.Why == "" {
		t.Fatalf("%s does not say why it is there", file)
	}
	c.Message.Family = c.Family
	return c
}

func (c caseFile) book() *pipeline.Book {
	rules := make([]ingest.Rule, 0, len(c.Rules))
	for _, r := range c.Rules {
		r.Rule.Epoch = r.Epoch
		rules = append(rules, r.Rule)
	}
	return pipeline.NewBook(1, c.Settings, rules)
}

func answer(d ingest.Decision) golden {
	g := golden{To: d.To, Reason: d.Reason, Contact: d.Contact, Conversation: d.Conversation, Opens: d.Opens,
		Reopens: d.Reopens, Ticket: d.Ticket}
	if d.Rule != nil {
		g.Rule = d.Rule.ID
	}
	if d.Hit != nil {
		g.Hit = d.Hit.ID
	}
	for _, b := range d.Draws {
		g.Draws = append(g.Draws, b.Kind)
	}
	for _, l := range d.Trail {
		g.Trail = append(g.Trail, l.Stage+": "+l.Says)
	}
	return g
}

func compare(t *testing.T, file string, got golden) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", b.Bytes(), want)
	}
}
