package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"gatehouse/migrations/localpg"
	"gatehouse/queue/localredis"
)

// A block of README.md with a mark before it: "run", "serve" or "file NAME".
var block = regexp.MustCompile("(?ms)^<!-- (run|serve|file \\S+) -->\n```\\w+\n(.*?)^```$")

// between the steps a reader takes a moment; a script waits until what was
// written is decided and no job runs.
const between = `
until [ -z "${TOKEN:-}" ] || {
  stats=$(api /stats) && [[ $stats == *'"name":"support-mail","kind":"imap","accepted":1,'* ]] &&
  [[ $stats != *'"in_flight":'[1-9]* ]] && [[ $(api '/jobs?state=running') == *'"items":[]'* ]]
}; do sleep 0.05; done
`

// serving starts what README.md starts in a terminal of its own, and finds out
// where it listens.
const serving = `
%s >serve.log 2>&1 &
trap 'kill $!; wait' EXIT
until grep -q msg=serving serve.log; do
  kill -0 $! || { cat serve.log; exit 1; }
  sleep 0.05
done
listening=$(sed -n 's/.*msg=serving address=\([^ ]*\).*/\1/p' serve.log)
`

// The steps and examples of README.md work, as they stand there but for the
// addresses of the servers.
func TestReadmeWorks(t *testing.T) {
	dir := t.TempDir()
	install(t, dir)
	script := "set -eu\n"
	for _, m := range block.FindAllStringSubmatch(read(t, "README.md"), -1) {
		name, isFile := strings.CutPrefix(m[1], "file ")
		switch {
		case isFile:
			write(t, filepath.Join(dir, name), withMailServer(t, m[2]), 0o600)
		case m[1] == "serve":
			script += fmt.Sprintf(serving, strings.TrimSpace(m[2]))
		default:
			script += m[2] + between
		}
	}
	script = strings.ReplaceAll(script, "http://127.0.0.1:8080", "$listening")
	out := runScript(t, dir, script)
	for _, says := range []string{
		"channel support-mail: kind imap, ok", `"reason":"banned"`, `"kind":"unblock_all"`, `"kind":"delete_all"`,
		"state: conversed", `"type":"message.held"`, "0 violations",
	} {
		if !strings.Contains(out, says) {
			t.Errorf("nothing says %s", says)
		}
	}
	checkBooks(t, out)
	if t.Failed() {
		t.Log(out)
	}
}

// install puts the program where make build puts it, and a curl beside it for
// machines that have none.
func install(t *testing.T, dir string) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for path, as := range map[string]string{"bin/gatehouse": "gatehouse", "curl/curl": "curl"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, path), fmt.Sprintf("#!/bin/sh\n%s=%s exec '%s' \"$@\"\n", actAs, as, self), 0o755)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// withMailServer names a server of the test's own in a configuration.
func withMailServer(t *testing.T, text string) string {
	t.Helper()
	const host = "    host: imap.example.com\n"
	if !strings.Contains(text, host) {
		t.Fatalf("the configuration has no line %q", host)
	}
	return strings.Replace(text, host, fmt.Sprintf("    host: 127.0.0.1\n    port: %d\n    tls: none\n", startMailServer(t)), 1)
}

// runScript runs the script on servers of its own and returns what it prints.
func runScript(t *testing.T, dir, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH") + ":" + filepath.Join(dir, "curl"), "HOME=" + dir, "TMPDIR=" + os.TempDir(),
		"GATEHOUSE_DATABASE_URL=" + localpg.Empty(t), "GATEHOUSE_REDIS_URL=" + localredis.Test(t), "GATEHOUSE_HTTP_LISTEN=127.0.0.1:0",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "serve.log"))
		t.Fatalf("%v:\n%s\nthe log of the program:\n%s", err, out.String(), log)
	}
	return out.String()
}

// checkBooks holds the account that README.md ends with against what its
// examples write.
func checkBooks(t *testing.T, out string) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var stats struct {
		Channels []struct {
			Name                                             string
			Accepted, Conversed, Held, Refused, Dead, Purged int
		}
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &stats); err != nil {
		t.Fatalf("the last line is no account: %v", err)
	}
	for i, want := range []string{"{site-chat 4 3 0 0 0 1}", "{support-mail 1 1 0 0 0 0}"} {
		if got := fmt.Sprint(stats.Channels[i]); got != want {
			t.Errorf("the account ends with %s, want %s", got, want)
		}
	}
}
