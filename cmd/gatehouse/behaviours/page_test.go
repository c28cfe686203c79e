package behaviours

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
)

const page = "../../../docs/behaviours.md"

const preface = `# What is promised, and where it is proved

Help desks that ban, block and blacklist have promised their users these behaviours, in five descriptions: S0 to S4. Each
row is proved by the test beside it, which runs the built program on a private Postgres and Redis, writes to it by chat,
webhook, text and mail, and acts through its API; or it says why not. Run them all with
` + "`go test ./cmd/gatehouse/behaviours`" + `, one with ` + "`-run TestS1_10`" + `.

This page is made from the tests' comments: ` + "`go test ./cmd/gatehouse/behaviours -run Page -update`" + `.
`

// A proof is a test of a row.
type proof struct {
	seed, row        int
	name, file, says string
}

var rowTest = regexp.MustCompile(`^TestS(\d+)_(\d+)[A-Z]`)

// proofs are the tests of this folder that are named for rows, by rows.
func proofs(t *testing.T) (all []proof) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "TestS") || f.Recv != nil {
				continue
			}
			m := rowTest.FindStringSubmatch(f.Name.Name)
			if m == nil {
				t.Fatalf("%s is not named for a row, as TestS1_10What is", f.Name.Name)
			}
			p := proof{name: f.Name.Name, file: name, says: strings.Join(strings.Fields(f.Doc.Text()), " ")}
			p.seed, _ = strconv.Atoi(m[1])
			p.row, _ = strconv.Atoi(m[2])
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b proof) int {
		return cmp.Or(a.seed-b.seed, a.row-b.row, strings.Compare(a.name, b.name))
	})
	return all
}

// Every row has either tests that say what they prove, or a reason.
func TestEveryRowIsProvedOrSaysWhyNot(t *testing.T) {
	proved := map[[2]int]bool{}
	for _, p := range proofs(t) {
		switch {
		case p.seed >= len(seeds) || p.row < 1 || p.row > seeds[p.seed].rows:
			t.Errorf("%s is named for a row that is not there", p.name)
		case p.says == "" || strings.HasPrefix(p.says, "Test"):
			t.Errorf("%s does not say in its comment what it proves", p.name)
		}
		proved[[2]int{p.seed, p.row}] = true
	}
	for s, seed := range seeds {
		for row := 1; row <= seed.rows; row++ {
			o, excused := seed.others[row]
			if excused == proved[[2]int{s, row}] || excused && (o.says == "" || o.why == "") {
				t.Errorf("S%d.%d has to have either a test or a reason", s, row)
			}
		}
		for row := range seed.others {
			if row < 1 || row > seed.rows {
				t.Errorf("there is no row S%d.%d", s, row)
			}
		}
	}
}

// The page is what the tests say; go test with -update writes it.
func TestPageSaysWhatIsProved(t *testing.T) {
	want := preface
	all := proofs(t)
	for s, seed := range seeds {
		want += fmt.Sprintf("\n## S%d: %s\n\n| | behaviour | proved by |\n|---|---|---|\n", s, seed.title)
		for row := 1; row <= seed.rows; row++ {
			want += rowOf(s, row, seed.others[row], all)
		}
	}
	is, err := os.ReadFile(page)
	if err == nil && string(is) == want {
		return
	}
	if !channeltest.Update() {
		t.Fatalf("%s is not what the tests say (%v): go test ./cmd/gatehouse/behaviours -run Page -update", page, err)
	}
	if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rowOf is a row of the page: a line for each test, or one that says why there
// is none.
func rowOf(seed, row int, o other, all []proof) (lines string) {
	for _, p := range all {
		if p.seed == seed && p.row == row {
			lines += fmt.Sprintf("| S%d.%d | %s | [`%s`](../cmd/gatehouse/behaviours/%s) |\n", seed, row, p.says, p.name, p.file)
		}
	}
	if lines == "" {
		lines = fmt.Sprintf("| S%d.%d | %s | %s |\n", seed, row, o.says, o.why)
	}
	return lines
}
