// Package channeltest is what every adapter must satisfy, and what its tests
// are made of: a store in memory that keeps the real one's promises and fails
// on demand, and a suite that an adapter's folder is run through.
//
// The folder channels/<kind>/testdata holds settings.yaml, the channel's part
// of the configuration, and requests NN-name.http as they come from the
// socket, each with NN-name.golden.json, what becomes of it. A sub-folder with
// a settings.yaml of its own is a further set. Raw messages NN-name.raw or
// .eml are read by Reread alone. NN-name.talk is what a client says to a
// listener, with NN-name.golden.json, what it is answered and what becomes of it.
// Run go test with -update to write the golden
// files, and then read them.
package channeltest

import (
	"bytes"
	"flag"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Update reports whether golden files are to be written. A test of a package
// that imports this one asks here: the flag exists once in a program.
func Update() bool { return *update }

// Now is the time at which every request of a suite comes.
var Now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Channel is the name of the channel in a suite: /hooks/golden, /chat/golden/….
const Channel = "golden"

// Settings decodes YAML (or JSON) as strictly as the program does.
func Settings(text []byte) channels.Settings {
	return func(into any) error {
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		return d.Decode(into)
	}
}

// Host is what a suite lends an adapter.
func Host() channels.Host {
	proxies := channels.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.80/32")}}
	return channels.Host{
		Channel: Channel, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return Now },
		ClientIP: channels.Proxies{}.ClientIP, ProxySaid: proxies.Said, PublicURL: "https://support.example.com/hooks/" + Channel,
	}
}

// Lend is the kind with more of what a Host lends its webhooks.
func Lend(k channels.Kind, more func(*channels.Host)) channels.Kind {
	open := k.Webhook
	k.Webhook = func(s channels.Settings, h channels.Host) (channels.Webhook, error) {
		more(&h)
		return open(s, h)
	}
	return k
}

// Run runs an adapter's folder through the suite.
func Run(t *testing.T, k channels.Kind, folder string) {
	t.Run("kind", func(t *testing.T) { checkKind(t, k, folder) })
	for _, dir := range sets(t, filepath.Join(folder, "testdata")) {
		t.Run(filepath.Base(dir), func(t *testing.T) { runSet(t, k, dir) })
	}
}

func checkKind(t *testing.T, k channels.Kind, folder string) {
	if k.Name != filepath.Base(folder) {
		t.Errorf("kind %q lives in folder %q", k.Name, filepath.Base(folder))
	}
	switch k.Family {
	case ingest.Email, ingest.SMS, ingest.Chat, ingest.Hook:
	default:
		t.Errorf("family %q is none", k.Family)
	}
	if k.Poller == nil && k.Webhook == nil && k.Door == nil && k.Listener == nil {
		t.Error("neither Poller nor Webhook nor Door nor Listener")
	}
	if k.Reread == nil {
		t.Error("no Reread: its dead messages could not be tried again")
	}
	if _, err := reread(k, []byte("no message of this kind {")); err != nil && strings.Contains(err.Error(), "panic") {
		t.Error(err)
	}
}

// sets are the folders under testdata that have settings.
func sets(t *testing.T, testdata string) []string {
	var dirs []string
	err := filepath.WalkDir(testdata, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "settings.yaml" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil || len(dirs) == 0 {
		t.Fatalf("%s holds no settings.yaml: %v", testdata, err)
	}
	return dirs
}

func runSet(t *testing.T, k channels.Kind, dir string) {
	settings := read(t, filepath.Join(dir, "settings.yaml"))
	t.Run("settings", func(t *testing.T) { checkSettings(t, k, settings) })
	for _, file := range files(t, dir, ".http") {
		t.Run(nameOf(file), func(t *testing.T) { runRequest(t, k, settings, file) })
	}
	for _, file := range files(t, dir, ".raw", ".eml") {
		t.Run(nameOf(file), func(t *testing.T) { runRaw(t, k, file) })
	}
	talks := files(t, dir, ".talk")
	for _, file := range talks {
		t.Run(nameOf(file), func(t *testing.T) { runDialogue(t, k, settings, file) })
	}
	if requests := files(t, dir, ".http"); k.Poller == nil && len(requests) == 0 && len(talks) == 0 {
		t.Errorf("%s holds no request and no dialogue", dir)
	} else if len(requests) > 0 {
		t.Run("oversize", func(t *testing.T) { runOversize(t, k, settings, requests[0]) })
	}
}

// checkSettings opens the channel, which must not connect anywhere, and makes
// sure that a mistyped key is not overlooked.
func checkSettings(t *testing.T, k channels.Kind, settings []byte) {
	if err := open(k, settings); err != nil {
		t.Errorf("settings.yaml: %v", err)
	}
	if err := open(k, append(bytes.Clone(settings), "\nno_such_key: 1\n"...)); err == nil {
		t.Error("an unknown key of the settings is not refused")
	}
}

// open makes all that the kind has for a channel.
func open(k channels.Kind, settings []byte) error {
	if k.Poller != nil {
		if _, err := k.Poller(Settings(settings), Host()); err != nil {
			return err
		}
	}
	if k.Listener != nil {
		if _, err := k.Listener(Settings(settings), Host()); err != nil {
			return err
		}
	}
	if k.Webhook != nil || k.Door != nil {
		_, err := newDesk(k, settings)
		return err
	}
	return nil
}

func read(t testing.TB, path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files are dir's files with one of the endings, sorted by name.
func files(t testing.TB, dir string, endings ...string) []string {
	var found []string
	for _, e := range endings {
		more, err := filepath.Glob(filepath.Join(dir, "*"+e))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, more...)
	}
	return found
}

func nameOf(file string) string {
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}
