package migrations_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/migrations/localpg"
)

var update = flag.Bool("update", false, "record what was added to the read schema, and write its page anew")

const (
	recorded = "testdata/read_schema.txt"
	page     = "../docs/read-schema.md"
	agent    = "gatehouse_reader"
	desk     = "gatehouse_supervisor_reader"
)

// column is one of a view of the read schema, as the database describes it.
type column struct{ View, Says, Name, Type, Comment, Readers string }

func (c column) key() string  { return c.View + "." + c.Name }
func (c column) line() string { return c.key() + " " + c.Type + " " + c.Readers }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func columns(t *testing.T, conn *pgx.Conn) []column {
	t.Helper()
	rows, err := conn.Query(context.Background(), `
select c.relname, coalesce(obj_description(c.oid), ''), a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), ''),
       case when has_table_privilege('gatehouse_reader', c.oid, 'select') then 'agents' else 'supervisors' end
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
where c.relnamespace = 'gatehouse_read'::regnamespace order by c.oid, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("the read schema has no columns")
	}
	return list
}

// What was released stays: a column may be added and recorded, and none goes,
// has another type or is kept from who could read it.
func TestReadSchemaStays(t *testing.T) {
	list := columns(t, connect(t, localpg.Test(t)))
	before, err := os.ReadFile(recorded)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	gone, added := compare(string(before), list)
	for _, line := range gone {
		t.Errorf("removed or changed: %s; add a view or a column beside it", line)
	}
	if len(gone) > 0 || len(added) == 0 {
		return
	}
	if !*update {
		t.Fatalf("added, record with -update: %s", strings.Join(added, ", "))
	}
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintln(&b, c.line())
	}
	write(t, recorded, b.String())
}

// compare returns the lines of before that are not in list, and the columns of
// list that before does not name.
func compare(before string, list []column) (gone, added []string) {
	is, was := map[string]bool{}, map[string]bool{}
	for _, c := range list {
		is[c.line()] = true
	}
	for line := range strings.Lines(before) {
		line = strings.TrimSpace(line)
		was[strings.Fields(line)[0]] = true
		if !is[line] {
			gone = append(gone, line)
		}
	}
	for _, c := range list {
		if !was[c.key()] {
			added = append(added, c.line())
		}
	}
	return gone, added
}

func TestCompareTellsGoneFromAdded(t *testing.T) {
	list := []column{{View: "v", Name: "a", Type: "text", Readers: "agents"}, {View: "v", Name: "b", Type: "uuid", Readers: "agents"}}
	for before, want := range map[string]string{
		"v.a text agents\nv.b uuid agents\n":               "[] []",
		"v.a text agents\n":                                "[] [v.b uuid agents]",
		"v.a text agents\nv.b text agents\n":               "[v.b text agents] []",
		"v.a text agents\nv.b uuid agents\nv.c int agents": "[v.c int agents] []",
		"v.a text agents\nv.b uuid supervisors\n":          "[v.b uuid supervisors] []",
	} {
		gone, added := compare(before, list)
		if got := fmt.Sprint(gone, " ", added); strings.Join(strings.Fields(got), " ") != want {
			t.Errorf("%q: %s, want %s", before, got, want)
		}
	}
}

func TestReadSchemaPage(t *testing.T) {
	list := columns(t, connect(t, localpg.Test(t)))
	for _, c := range list {
		if c.Comment == "" || c.Says == "" {
			t.Errorf("%s or its view has no comment", c.key())
		}
	}
	made := intro + tables(list)
	if *update {
		write(t, page, made)
	}
	if is, err := os.ReadFile(page); err != nil || string(is) != made {
		t.Errorf("%s is not what the comments say (%v): write it anew with -update", page, err)
	}
}

func tables(list []column) string {
	var b strings.Builder
	view := ""
	for _, c := range list {
		if c.View != view {
			view = c.View
			fmt.Fprintf(&b, "\n## %s\n\nFor %s: %s.\n\n| Column | Type | What it says |\n|---|---|---|\n", view, c.Readers, c.Says)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Name, c.Type, strings.ReplaceAll(c.Comment, "|", `\|`))
	}
	return b.String()
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

const intro = `# The read schema

Made from the comments in the database by ` + "`go test ./migrations -run ReadSchema -update`" + `.

The views of the schema gatehouse_read are for programs that read in SQL: reports, warehouses. The tables behind them change with any
release; of the views no column goes or gets another type, a test compares them with what was recorded. Columns and views are added, so name
those that you select.

Two roles that cannot log in may read them: gatehouse_reader what an agent sees, gatehouse_supervisor_reader also what a supervisor
does. Neither can read a table or write anything. No view has what held, refused, dead or purged messages say. The text is that of mail; of
chat, SMS and webhooks only the message as it came has it, so ask the API for theirs. Give one of the roles to a user of your own:

` + "```sql\ncreate role reports login password '...' in role gatehouse_reader;\n```" + `

The migration creates the roles if it may. If it may not, somebody who may creates them, and the owner of the database
grants them what they may read:

` + "```sql\ncreate role gatehouse_reader nologin;\ncreate role gatehouse_supervisor_reader nologin;\nselect gatehouse_read.grant_readers();\n```" + `

Roles are of the whole server: with several databases of Gatehouse in one, they may read in all of them, so allow your user to
connect to its own database only.

Fast are questions by id, messages by conversation, conversations by own_contact and by last_message_at, tickets by held_at, and messages
by time through their ids:

` + "```sql\nselect id, channel, received_at from gatehouse_read.messages\nwhere id >= gatehouse_read.first_id('2026-01-01') and id < gatehouse_read.first_id('2026-02-01');\n```" + `

All of a person's conversations are those of the contacts that are one person with it by now:

` + "```sql\nselect v.* from gatehouse_read.conversations v\nwhere v.own_contact in (select id from gatehouse_read.contacts where survivor = '...');\n```" + `
`
