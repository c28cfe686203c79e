package main

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"net/http"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/channels/channeltest"
	"gatehouse/cmd/gatehouse/config"
)

// What README.md says of commands, keys and kinds is made from the program and
// the comments in its source; go test with -update writes it.
func TestReadmeSaysWhatTheProgramHas(t *testing.T) {
	readme := read(t, "README.md")
	now := readme
	for name, text := range map[string]string{"commands": commandTable(t), "keys": keyTable(t), "kinds": kindTables(t)} {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		head, rest, opened := strings.Cut(now, begin)
		_, tail, closed := strings.Cut(rest, end)
		if !opened || !closed {
			t.Fatalf("README.md has no place for the %s", name)
		}
		now = head + begin + text + end + tail
	}
	if now == readme {
		return
	}
	if !channeltest.Update() {
		t.Fatal("README.md is not what the program says: go test ./cmd/gatehouse -run Readme -update")
	}
	if err := os.WriteFile(path.Join(root, "README.md"), []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(path.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// table writes rows, the first a header, as Markdown.
func table(rows [][]string) string {
	var b strings.Builder
	for n, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if n == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func commandTable(t *testing.T) string {
	parser, err := kong.New(&cli{}, kong.Name("gatehouse"))
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"command", "what it does"}}
	for _, c := range parser.Model.Leaves(true) {
		name := c.Path()
		for _, arg := range c.Positional {
			name += " " + strings.ToUpper(arg.Summary())
		}
		rows = append(rows, []string{"`" + name + "`", c.Help})
	}
	return table(rows)
}

func keyTable(t *testing.T) string { return settingsTable(t, reflect.ValueOf(config.Default())) }

// kindTables is a table of the kinds and one of each kind's keys.
func kindTables(t *testing.T) string {
	kinds, keys := [][]string{{"kind", "family", "how its messages come in", "what it does", "tried with"}}, ""
	for _, k := range all.Kinds {
		kinds = append(kinds, []string{"`" + k.Name + "`", string(k.Family), roads(k), synopsis(t, "channels/"+k.Name), k.Tried})
		keys += "\n`" + k.Name + "` has these:\n\n" + settingsTable(t, settingsOf(t, k))
	}
	return table(kinds) + "\n" + providerTable() + keys
}

// providerTable is what operators ask of the providers that push.
func providerTable() string {
	rows := [][]string{{"kind", "family", "proof", "what it covers", "replay", "refused", "try again", "answer within", "when not answered", "asked for what was missed", "media", "edits", "tried with"}}
	for _, k := range all.Kinds {
		f := k.Facts
		if f.Signature == "" {
			continue
		}
		refused, again := fmt.Sprint(cmp.Or(f.Refused, http.StatusUnauthorized)), fmt.Sprint(cmp.Or(f.Again, http.StatusServiceUnavailable))
		if k.Webhook == nil {
			refused, again = "none", "none"
		}
		within := "unknown"
		if f.Limit > 0 {
			within = f.Limit.String()
		}
		rows = append(rows, []string{
			"`" + k.Name + "`", string(k.Family), f.Signature, cmp.Or(f.Covers, "nothing"), cmp.Or(f.Replay, "nothing"),
			refused, again, within,
			cmp.Or(f.Retries, "unknown"), cmp.Or(f.Backfill, "no"), cmp.Or(f.Media, "none"), cmp.Or(f.Edits, "none"), k.Tried,
		})
	}
	return table(rows)
}

func roads(k channels.Kind) string {
	var roads []string
	if k.Poller != nil {
		roads = append(roads, "it is polled")
	}
	if k.Webhook != nil {
		roads = append(roads, "posted to `/hooks/NAME`")
	}
	if k.Door != nil {
		roads = append(roads, "posted to `/"+k.Name+"/NAME/…`")
	}
	if k.Listener != nil {
		roads = append(roads, "delivered to a socket of its own")
	}
	return strings.Join(roads, ", ")
}

// synopsis is the first sentence of a package's doc comment, without its name.
func synopsis(t *testing.T, pkg string) string {
	for _, s := range sources(t) {
		if s.pkg() == pkg && !s.test() && s.file.Doc != nil {
			text := new(doc.Package).Synopsis(s.file.Doc.Text())
			return strings.TrimPrefix(text, "Package "+s.file.Name.Name+" ")
		}
	}
	t.Fatalf("%s has no doc comment", pkg)
	return ""
}

// settingsTable is a table of the keys of a struct with yaml tags.
func settingsTable(t *testing.T, v reflect.Value) string {
	rows := [][]string{{"key", "default", "what it is"}}
	addKeys(t, &rows, v, "")
	return table(rows)
}

// addKeys adds a row for each key; those of a struct within it stand by their
// paths, behind its own if that is explained.
func addKeys(t *testing.T, rows *[][]string, v reflect.Value, prefix string) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		name, inline, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if inline == "inline" {
			addKeys(t, rows, value, prefix)
			continue
		}
		if !field.IsExported() || name == "" || name == "-" {
			continue
		}
		says := explanation(t, v.Type(), field)
		inner := value.Kind() == reflect.Struct
		if says != "" || !inner {
			*rows = append(*rows, []string{"`" + prefix + name + "`", byDefault(value), says})
		}
		if inner {
			addKeys(t, rows, value, prefix+name+".")
		}
	}
}

func byDefault(v reflect.Value) string {
	if v.Kind() == reflect.Struct || v.IsZero() && v.Kind() != reflect.Bool {
		return ""
	}
	if t, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, _ := t.MarshalText() // of a duration, which always has one
		return "`" + string(text) + "`"
	}
	return fmt.Sprintf("`%v`", v.Interface())
}

// explanation is what a field's doc tag or its comment says of it.
func explanation(t *testing.T, of reflect.Type, field reflect.StructField) string {
	says := field.Tag.Get("doc")
	if says == "" {
		says = strings.TrimPrefix(comment(t, of, field.Name), field.Name+" ")
	}
	if enum := field.Tag.Get("enum"); enum != "" {
		says += ": " + strings.ReplaceAll(enum, ",", ", ")
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(says), " "), "|", `\|`)
}

// comment is what stands above a struct's field in the source, or beside it.
func comment(t *testing.T, of reflect.Type, field string) (text string) {
	for _, s := range sources(t) {
		if module+s.pkg() != of.PkgPath() || s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if structure, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == of.Name() {
				for _, f := range structure.Fields.List {
					for _, name := range f.Names {
						if name.Name == field {
							text = f.Doc.Text() + f.Comment.Text()
						}
					}
				}
			}
			return false
		})
	}
	return text
}

var errSeen = errors.New("seen")

// settingsOf is what a kind decodes its settings into, with its defaults.
func settingsOf(t *testing.T, k channels.Kind) (into reflect.Value) {
	t.Helper()
	look := func(v any) error {
		into = reflect.ValueOf(v).Elem()
		return errSeen
	}
	var err error
	switch host := channeltest.Host(); {
	case k.Poller != nil:
		_, err = k.Poller(look, host)
	case k.Webhook != nil:
		_, err = k.Webhook(look, host)
	case k.Listener != nil:
		_, err = k.Listener(look, host)
	default:
		_, err = k.Door(look, host, nil)
	}
	if !errors.Is(err, errSeen) || !into.IsValid() {
		t.Fatalf("%s does not read its settings first: %v", k.Name, err)
	}
	return into
}
