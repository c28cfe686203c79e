package main

import (
	"path"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/all"
)

// The import law:
//
//	cmd → (channels, queue, pipeline, ingest/httpapi, ingest/postgres) → leaves → ingest
//
// Those five never import each other: they meet in cmd, through small
// interfaces of ingest's types that the consumer declares. Tests may import
// what they like.
const module = "gatehouse/"

var (
	siblings = []string{"channels", "queue", "pipeline", "ingest/httpapi", "ingest/postgres", "migrations"}
	leaves   = []string{"ingest/safehttp", "ingest/signing", "ingest/seal", "ingest/meter", "ingest/local"}
)

// Where libraries may be known that stand for something outside.
var libraries = map[string][]string{
	"github.com/emersion/go-imap":    {"channels/imap", "cmd/gatehouse/demo"},
	"github.com/emersion/go-message": {"channels/mime"},
	"github.com/emersion/go-smtp":    {"channels/smtp"},
	"github.com/hibiken/asynq":       {"queue"},
	"github.com/redis/go-redis":      {"queue"},
	"github.com/jackc/pgx":           {"ingest/postgres", "migrations"},
	"github.com/emersion/go-sasl":    {"channels/imap"},
	"golang.org/x/oauth2":            {"channels/oauth", "ingest/httpapi/oidc"},
	"github.com/coreos/go-oidc":      {"ingest/httpapi/oidc"},
	"github.com/golang-jwt":          {"channels"},
	"github.com/nyaruka":             {"channels/phone"},
	"github.com/chromedp":            {"cmd/gatehouse/browsertest"},
}

// All that ingest needs of others.
var ofIngest = []string{"golang.org/x/net/idna", "golang.org/x/text"}

// Packages that only tests and measurements import. The benchmark does with
// the libraries themselves what the program does, to compare the two; the house
// has a mailbox, and reaches into its database as no program would.
const (
	bench   = "cmd/gatehouse-bench"
	dovecot = "channels/imap/dovecot"
	house   = "cmd/gatehouse/housetest"
)

// within reports whether a package is the folder or lies below it.
func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func anyOf(pkg string, folders []string) string {
	for _, f := range folders {
		if within(pkg, f) {
			return f
		}
	}
	return ""
}

// private reports whether the package runs servers of its own.
func private(pkg string) bool { return strings.HasPrefix(path.Base(pkg), "local") }

// breaks says which part of the law an import breaks; "" is none.
func breaks(from, imported string) string {
	own, ours := strings.CutPrefix(imported, module)
	if !ours {
		return breaksOutside(from, imported)
	}
	sibling := anyOf(from, siblings)
	switch {
	case private(own) && !within(from, "cmd") && !private(from) && from != dovecot:
		return "private servers are for cmd and tests"
	case within(from, "cmd") || own == "ingest" && from != "ingest":
		return ""
	case within(own, "cmd"):
		return "nobody imports cmd"
	case from == "ingest":
		return "ingest imports nothing of ours"
	case anyOf(from, leaves) != "":
		return "a leaf imports ingest alone"
	case sibling == "":
		return "it has no place in the layout"
	case anyOf(own, leaves) == "" && anyOf(own, siblings) != sibling:
		return "siblings never import each other"
	}
	return breaksAdapters(from, own)
}

func breaksOutside(from, imported string) string {
	standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	if from == "ingest" && !standard && anyOf(imported, ofIngest) == "" {
		return "ingest imports the standard library, idna and text"
	}
	for library, where := range libraries {
		if within(imported, library) && anyOf(from, where) == "" && anyOf(from, []string{bench, house}) == "" {
			return "only " + strings.Join(where, " and ") + " may know it"
		}
	}
	return ""
}

// breaksAdapters holds adapters apart: each knows what all share, and itself.
func breaksAdapters(from, own string) string {
	folder := adapterOf(from)
	shared := []string{"channels/mime", "channels/phone", "channels/oauth", "channels/mailapi", "channels/backfill", "channels/meta", "channels/pushmail"}
	if folder == "" || own == "channels" || within(own, folder) || anyOf(own, leaves) != "" || anyOf(own, shared) != "" {
		return ""
	}
	return "an adapter imports channels, channels/mime, channels/phone, channels/oauth, channels/mailapi, channels/backfill, channels/meta, channels/pushmail and leaves"
}

func adapterOf(pkg string) string {
	for _, k := range all.Kinds {
		if within(pkg, "channels/"+k.Name) {
			return "channels/" + k.Name
		}
	}
	return ""
}

func TestImportLaw(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		for _, imported := range s.imports {
			seen[imported] = true
			if law := breaks(s.pkg(), imported); law != "" {
				t.Errorf("%s imports %s: %s", s.path, imported, law)
			}
		}
	}
	for library := range libraries {
		if !slices.ContainsFunc(keysOf(seen), func(i string) bool { return within(i, library) }) {
			t.Errorf("nobody imports %s: the law names it in vain", library)
		}
	}
}

func keysOf[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestImportLawBites(t *testing.T) {
	for _, c := range []struct {
		from, imported string
		broken         bool
	}{
		{"ingest", "strings", false},
		{"ingest", "golang.org/x/text/unicode/norm", false},
		{"ingest", "golang.org/x/net/html", true},
		{"ingest", "gatehouse/ingest/meter", true},
		{"ingest/seal", "gatehouse/ingest", false},
		{"ingest/seal", "gatehouse/ingest/meter", true},
		{"ingest/postgres", "gatehouse/ingest/httpapi", true},
		{"ingest/postgres", "gatehouse/ingest/seal", false},
		{"ingest/httpapi/console", "gatehouse/ingest/httpapi", false},
		{"pipeline", "gatehouse/ingest/postgres", true},
		{"queue", "gatehouse/pipeline", true},
		{"queue", "gatehouse/channels", true},
		{"queue", "gatehouse/cmd/gatehouse/app", true},
		{"queue", "gatehouse/queue/localredis", true},
		{"cmd/gatehouse/app", "gatehouse/queue", false},
		{"cmd/gatehouse/app", "github.com/jackc/pgx/v5", true},
		{"cmd/gatehouse/app", "github.com/redis/go-redis/v9", true},
		{"channels/chat", "gatehouse/channels/imap", true},
		{"channels/chat", "gatehouse/channels/mime", false},
		{"channels/imap", "gatehouse/channels/oauth", false},
		{"channels/imap", "golang.org/x/oauth2", true},
		{"channels/chat", "gatehouse/channels/channeltest", true},
		{"channels/chat", "github.com/emersion/go-message/mail", true},
		{"channels/all", "gatehouse/channels/chat", false},
		{"channels/imap", "github.com/emersion/go-imap/v2", false},
		{"somewhere", "gatehouse/queue", true},
	} {
		if got := breaks(c.from, c.imported); (got != "") != c.broken {
			t.Errorf("%s imports %s: %q, broken should be %v", c.from, c.imported, got, c.broken)
		}
	}
}
