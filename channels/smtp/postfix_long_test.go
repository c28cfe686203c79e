//go:build long && postfix

package smtp_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
	"gatehouse/ingest"
	"gatehouse/ingest/local"
)

// A Postfix of the test's own: its own configuration, queue and log, no port,
// nothing of the machine's configuration. Its master must be root; the rest of
// it, and what it delivers to, need not be.
type postfix struct {
	t   *testing.T
	dir string
}

// The services that take a mail in, queue it and deliver it; %s is where to.
const masterConf = `postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
smtp unix - - n - 5 smtp
lmtp unix - - n - 5 lmtp
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
showq unix n - n - - showq
`

const mainConf = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file_prefixes = %[1]s
maillog_file = %[1]s/log
myhostname = relay.example.com
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
default_transport = %[2]s
alias_maps =
alias_database =
smtp_host_lookup = native
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
default_transport_rate_delay = 0s
default_destination_concurrency_failed_cohort_limit = 0
notify_classes =
%[3]s
`

func startPostfix(t *testing.T, transport, more string) *postfix {
	t.Helper()
	p := &postfix{t, t.TempDir()}
	for dir := p.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) { // its daemons are another user
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"conf", "queue", "data"} {
		if err := os.Mkdir(filepath.Join(p.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.run("chown", "postfix", filepath.Join(p.dir, "data"))
	for name, text := range map[string]string{"main.cf": fmt.Sprintf(mainConf, p.dir, transport, more), "master.cf": masterConf} {
		if err := os.WriteFile(filepath.Join(p.dir, "conf", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.run("postfix", "-c", p.conf(), "check")
	master := exec.Command(strings.TrimSpace(p.run("postconf", "-hx", "-c", p.conf(), "daemon_directory"))+"/master", "-c", p.conf(), "-d")
	var says bytes.Buffer
	master.Stdout, master.Stderr = &says, &says
	proc, err := local.Start(master)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proc.Stop(syscall.SIGTERM, time.Minute); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(p.dir, "log"))
			t.Logf("%s\n%s", says.Bytes(), log[max(0, len(log)-6000):])
		}
	})
	return p
}

func (p *postfix) conf() string { return filepath.Join(p.dir, "conf") }

func (p *postfix) run(name string, args ...string) string {
	p.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
	return string(out)
}

// send hands a mail to the queue.
func (p *postfix) send(from, text string, to ...string) {
	p.t.Helper()
	cmd := exec.Command("/usr/sbin/sendmail", append([]string{"-C", p.conf(), "-i", "-f", from}, to...)...)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("sendmail: %v: %s", err, out)
	}
}

// deliverAll sends mails while the store is away now and then, and waits until
// each is there, once for each of its channels.
func deliverAll(t *testing.T, p *postfix, post *channeltest.Post) {
	t.Helper()
	const mails = 100
	var n atomic.Int64
	post.Store.Before(func(ingest.Batch) {
		switch away := ingest.AsTemporary(errors.New("the database is away")); n.Add(1) % 5 {
		case 0:
			post.Store.FailNext(away)
		case 1:
			post.Store.LoseAnswer(away)
		}
	})
	want := map[string]int{}
	for i := range mails {
		to := []string{"support@example.org", "sales@example.org", "support+x@example.org"}[:1+i%3]
		name := fmt.Sprintf("Question %d", i)
		p.send([]string{"ann@example.com", ""}[i%2], "From: Ann <ann@example.com>\nSubject: "+name+"\n\nA line\n.\n.. and dots\nFrom here on "+strings.Repeat("x", i*50)+"\n", to...)
		want[name] = min(2, len(to))
	}
	stored := func() map[string]int {
		got := map[string]int{}
		for _, m := range post.Store.Messages() {
			got[m.Arrival.Message.Subject]++
		}
		return got
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if queue := p.run("postqueue", "-c", p.conf(), "-p"); strings.Contains(queue, "queue is empty") {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("after two minutes: %s", queue)
		}
	}
	for name, n := range stored() {
		if want[name] != n {
			t.Errorf("%q is there %d times, want %d", name, n, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
	for _, m := range post.Store.Messages() {
		if raw := string(m.Arrival.Raw); !strings.Contains(raw, "A line\r\n.\r\n.. and dots\r\nFrom here") || strings.Contains(raw, "Return-Path") {
			t.Fatalf("it came as %q", raw)
		}
	}
}

func TestLongPostfixOverSMTP(t *testing.T) {
	files := newPair(t).write("mx.example.org", time.Now())
	post := listen(t, files.settings()+"require_tls: true")
	port := post.At.(*net.TCPAddr).Port
	p := startPostfix(t, fmt.Sprintf("smtp:[127.0.0.1]:%d", port), "smtp_tls_security_level = encrypt")
	deliverAll(t, p, post)
	for _, m := range post.Store.Messages() {
		if e := m.Arrival.Message.Technical.Envelope; e.TLS == "" || e.Helo != "relay.example.com" {
			t.Fatalf("%+v", e)
		}
	}
}

func TestLongPostfixOverLMTP(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "lmtp")
	for dir := filepath.Dir(socket); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	post := channeltest.Listen(t, smtp.Kind, "listen: unix:"+socket+
		"\nprotocol: lmtp\nrecipients: {support@example.org: \"\", sales@example.org: sales}\n")
	deliverAll(t, startPostfix(t, "lmtp:unix:"+socket, ""), post)
}

// Swaks speaks as a person at a terminal would have it.
func TestLongSwaks(t *testing.T) {
	files := newPair(t).write("mx.example.org", time.Now())
	post := listen(t, files.settings())
	server := fmt.Sprintf("127.0.0.1:%d", post.At.(*net.TCPAddr).Port)
	for _, c := range []struct {
		args string
		code int // swaks's: 0 yes, 24 a recipient is refused
	}{
		{"--to support@example.org --from ann@example.com", 0},
		{"--to support@example.org,sales@example.org --from <>", 0},
		{"--to nobody@example.org --from ann@example.com", 24},
		{"--to support@example.org,nobody@example.org --from ann@example.com --pipeline", 0},
	} {
		args := append([]string{"--server", server, "--header", "Subject: Swaks", "--body", "To " + strings.ReplaceAll(c.args, "--", "")}, strings.Fields(c.args)...)
		out, err := exec.Command("swaks", args...).CombinedOutput()
		code := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code != c.code {
			t.Errorf("%s: %d (%v)\n%s", c.args, code, err, out)
		}
	}
	if n := len(post.Store.Messages()); n != 4 {
		t.Errorf("%d messages, want 4", n)
	}
}
