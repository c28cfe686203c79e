package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// A trial is a command, how it should end, and a word of what it should say.
type trial struct {
	args string // %s is the configuration file
	want int
	says string // on stdout if it ends with 0, else on stderr
}

func (c trial) run(t *testing.T, config string) {
	t.Helper()
	args := strings.Fields(strings.ReplaceAll(c.args, "%s", config))
	code, out, errs := housetest.Run(t, args...)
	said := out
	if code != 0 {
		said = errs
	}
	if code != c.want || !strings.Contains(said, c.says) {
		t.Errorf("gatehouse %s: %d, want %d and %q:\nstdout: %sstderr: %s", c.args, code, c.want, c.says, out, errs)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	h := newHouseOn(t, localpg.Empty(t), housetest.SiteChat)
	for _, c := range []trial{
		{"migrate status --config %s", 1, "missing"},
		{"migrate up --config %s", 0, "applied"},
		{"migrate up --config %s", 0, "nothing to do"},
		{"migrate status --config %s", 0, "0001"},
		{"check --config %s", 0, "redis: ok"},
		{"check --channel site-chat --config %s", 0, "site-chat"},
		{"check --channel nowhere --config %s", 1, "nowhere"},
		{"verify --config %s", 0, "0 violations"},
		{"verify --json --config %s", 0, `"violations":[]`},
		{"verify --audit-head aff1e --config %s", 2, "64"},
		{"verify --audit-head " + strings.Repeat("0", 64) + " --config %s", 1, "laws do not hold"},
		{"token create --role agent --name Ann --config %s", 0, ""},
		{"token create --role agent --scope read,contacts --rate 60 --config %s", 0, "gh_"},
		{"token create --role agent --scope nonsense --config %s", 2, "nonsense"},
		{"token list --config %s", 0, "Ann"},
		{"token revoke 1 --config %s", 0, ""},
		{"token revoke 999 --config %s", 1, ""},
		{"token list --config %s", 0, "revoked"},
		{"user create Ann@example.com --role admin --time-zone Europe/Berlin --config %s", 0, ""},
		{"user create ann@example.com --role agent --config %s", 1, "there is a user"},
		{"user create bob --role agent --time-zone Mars --config %s", 1, "time_zone"},
		{"user create b\u00f6b --role agent --config %s", 2, "ASCII"},
		{"user create bob --role king --config %s", 2, "king"},
		{"user list --config %s", 0, "ann@example.com"},
		{"why 01890000-0000-7000-8000-000000000000 --config %s", 1, "no message"},
		{"why nonsense --config %s", 2, "nonsense"},
		{"version", 0, "gatehouse"},
		{"--help", 0, "serve"},
		{"verify --help", 0, "RFC 3339"},
		{"verify --colour --config %s", 2, "--colour"},
		{"dance", 2, "dance"},
		{"", 2, ""},
		{"token create --config %s", 2, "--role"},
		{"token create --role king --config %s", 2, "king"},
		{"verify --since yesterday --config %s", 2, "yesterday"},
		{"verify --config /nonexistent.yaml", 2, "/nonexistent.yaml"},
		{"serve --role dance --config %s", 2, "dance"},
	} {
		c.run(t, h.Config)
	}
}

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, housetest.SiteChat)
	h.Serve()
	h.Say("v-1", "1", "Hello")
	h.Decided(map[string]int{"site-chat": 1})
	id := h.Message("Hello").ID
	trial{"why " + id + " --config %s", 0, "conversed"}.run(t, h.Config)
	trial{"why --json " + id + " --config %s", 0, `"state":"conversed"`}.run(t, h.Config)
	h.SQL("insert into intake (channel, accepted) select id, 1 from channels")
	if out := h.Command(1, "verify"); !strings.Contains(out, "law 2") {
		t.Errorf("a message that was accepted is nowhere, and verify says:\n%s", out)
	}
}

func TestCommandsWithoutTheirServers(t *testing.T) {
	t.Parallel()
	nowhere := t.TempDir()
	away := write(t, fmt.Sprintf("database_url: 'postgres:///gatehouse?host=%s&user=gatehouse'\nredis_url: 'unix://%s/redis.sock'\nchannels:\n  - %s\n",
		nowhere, nowhere, housetest.SiteChat))
	for _, args := range []string{
		"serve", "check", "verify", "migrate up", "migrate status", "token list", "token create --role agent", "token revoke 1", "user list", "user create ann --role admin",
		"why 01890000-0000-7000-8000-000000000000",
	} {
		trial{args + " --config %s", 3, nowhere}.run(t, away)
	}
	here := write(t, fmt.Sprintf("database_url: %q\nredis_url: 'unix://%s/redis.sock'\n", localpg.Test(t), nowhere))
	trial{"check --config %s", 3, "redis"}.run(t, here)
}

func TestBadConfigurations(t *testing.T) {
	t.Parallel()
	const database = "database_url: postgres:///nowhere\n"
	for text, says := range map[string]string{
		database + "colour: red\n":                                                     `line 2: unknown key "colour"`,
		database + "http:\n  listen: 127.0.0.1:0\n  colour: red\n":                     `line 4: unknown key "colour"`,
		database + "channels:\n  - name: a\n    kind: chat\n    colour: red\n":         `line 5: unknown key "colour"`,
		database + "channels:\n  - name: a\n    kind: pigeon\n":                        `"pigeon"`,
		database + "channels:\n  - name: a\n    kind: imap\n":                          "host is missing",
		database + "redis_url: carrier://pigeon\n":                                     "redis_url",
		"database_url: 'postgres://[::1'\n":                                            "database_url",
		"redis_url: redis://127.0.0.1:6379\n":                                          "database_url is not set",
		database + "database_url: ${GATEHOUSE_TEST_NO_SUCH_VARIABLE}\n":                "",
		"database_url: ${GATEHOUSE_TEST_NO_SUCH_VARIABLE}\n":                           "GATEHOUSE_TEST_NO_SUCH_VARIABLE",
		database + "channels:\n  - {name: a, kind: chat}\n  - {name: a, kind: chat}\n": "second channel",
		"\x00\xff": "",
	} {
		for _, args := range []string{"check", "serve"} {
			trial{args + " --config %s", 1, says}.run(t, write(t, text))
		}
	}
}

// parse answers with a line of JSON for each file, whatever is in it.
func TestParse(t *testing.T) {
	t.Parallel()
	good, empty, bytes := write(t, plain("Hello")), write(t, ""), write(t, "\x00\xff\x00")
	missing := filepath.Join(t.TempDir(), "missing.eml")
	for _, c := range []struct {
		files []string
		want  int
	}{
		{[]string{good, empty, bytes}, 0},
		{[]string{missing, good}, 2},
		{[]string{good, t.TempDir(), missing, bytes}, 2},
	} {
		code, out, errs := housetest.Run(t, append([]string{"parse"}, c.files...)...)
		if code != c.want {
			t.Errorf("%v: %d, want %d: %s", c.files, code, c.want, errs)
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != len(c.files) {
			t.Fatalf("%d lines for %d files:\n%s", len(lines), len(c.files), out)
		}
		for i, line := range lines {
			checkLine(t, c.files[i], line, good)
		}
	}
	trial{"parse", 2, "file"}.run(t, "")
}

func checkLine(t *testing.T, file, line, good string) {
	t.Helper()
	var m struct{ File, Error, Subject string }
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%s: %v: %s", file, err, line)
	}
	_, err := os.ReadFile(file)
	if m.File != file || (m.Error != "") != (err != nil) || file == good && m.Subject != "Hello" {
		t.Errorf("%s: %+v", file, m)
	}
}
