package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeAll writes files into a folder of their own and returns the main one.
func writeAll(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "gatehouse.yaml")
}

const database = "database_url: postgres:///x\n"

func TestFilesBesideTheMainOne(t *testing.T) {
	c, err := Load(writeAll(t, map[string]string{
		"gatehouse.yaml":      database + "http: {listen: 127.0.0.1:9000}\nchannels: [{name: z, kind: chat}]\nretired: [old]\n",
		"conf.d/20-b.yaml":    "channels:\n  - {name: b, kind: chat, was: [b-1, b-2]}\nretired: [older]\n",
		"conf.d/10-a.yaml":    "channels:\n  - {name: a, kind: chat}\nhttp: {public_url: 'https://support.example.com'}\n",
		"conf.d/30-no.yml":    "colour: red\n",
		"conf.d/.hidden.yaml": "colour: red\n",
		"conf.d/empty.yaml":   "# nothing yet\n",
	}), environ(nil))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, ch := range c.Channels {
		names = append(names, ch.Name)
	}
	if got := fmt.Sprint(names, c.Retired, c.Channels[2].Was); got != "[z a b] [old older] [b-1 b-2]" {
		t.Error(got)
	}
	if c.HTTP.Listen != "127.0.0.1:9000" || c.HTTP.PublicURL != "https://support.example.com" {
		t.Errorf("one mapping from two files: %+v", c.HTTP)
	}
}

// Each of these is refused, and the message names the files and the lines.
func TestFilesThatContradict(t *testing.T) {
	for name, c := range map[string]struct {
		main, more string
		says       []string
	}{
		"a key twice":       {database + "workers: 3\n", "\nworkers: 4\n", []string{"a.yaml: line 2: workers is set already", "gatehouse.yaml: line 2"}},
		"a nested key":      {database + "http: {listen: 127.0.0.1:1}\n", "http:\n  listen: 127.0.0.1:2\n", []string{"a.yaml: line 2: http.listen is set already", "gatehouse.yaml: line 2"}},
		"a list":            {database + "http: {trusted_proxies: [10.0.0.0/8]}\n", "http: {trusted_proxies: [10.0.0.0/8]}\n", []string{"http.trusted_proxies is set already"}},
		"one name":          {database + "channels: [{name: a, kind: chat}]\n", "channels:\n  - {name: a, kind: imap}\n", []string{"a.yaml: line 2: a second channel is named"}},
		"unknown key":       {database, "channels: []\ncolour: red\n", []string{`a.yaml: line 2: unknown key "colour"`}},
		"unknown, by alias": {database, "default_region: &x DE\nhttp: &y {listn: a}\nsettings: *y\n", []string{`a.yaml: line 2: unknown key "listn"`}},
		"no list":           {database, "channels: {name: a}\n", []string{"a.yaml", "line 1"}},
		"wrong value":       {database, "\ntime_zone: Mars/Base\n", []string{`a.yaml: line 2: time_zone: "Mars/Base" is no zone`}},
		"wrong setting":     {database, "settings:\n  may_ban: king\n", []string{`a.yaml: line 2: settings: may_ban "king"`}},
		"unset variable":    {database, "\n\ndefault_region: ${NOWHERE}\n", []string{"a.yaml: line 3: the variable NOWHERE"}},
		"two documents":     {database, "workers: 3\n---\nworkers: 4\n", []string{"a.yaml: line 2: a second document"}},
		"no yaml":           {database, "workers: [\n", []string{"a.yaml: yaml"}},
		"no mapping":        {database, "- a\n", []string{"a.yaml: line 1: want a mapping"}},
		"a channel, twice":  {database, "channels:\n  - name: a\n    kind: chat\n    name: b\n", []string{"a.yaml: line 4: name is set already"}},
		"no channel":        {database, "channels:\n  - chat\n", []string{"a.yaml: line 2: a channel is a mapping"}},
		"was no list":       {database, "channels:\n  - {name: a, kind: chat, was: b}\n", []string{"a.yaml: line 2: was: want a list"}},
		"was itself":        {database, "channels: [{name: a, kind: chat, was: [a]}]\n", []string{"a.yaml: line 1: channel a: was: the channel a is configured itself"}},
		"was another":       {database + "channels: [{name: b, kind: chat}]\n", "channels:\n  - {name: a, kind: chat, was: [b]}\n", []string{"a.yaml: line 2: channel a: was: the channel b is configured itself"}},
		"was two":           {database + "channels: [{name: b, kind: chat, was: [o]}]\n", "channels:\n  - {name: a, kind: chat, was: [o]}\n", []string{"a.yaml: line 2: channel a: was: the channel o is what channel b was"}},
		"was nothing":       {database, "channels:\n  - {name: a, kind: chat, was: [O k]}\n", []string{`a.yaml: line 2: channel a: was: "O k"`}},
		"retired twice":     {database + "retired: [a]\n", "retired:\n  - a\n", []string{"a.yaml: line 2: channel a is retired already", "gatehouse.yaml: line 2"}},
		"retired, in use":   {database + "channels: [{name: a, kind: chat}]\n", "retired:\n  - b\n  - a\n", []string{"a.yaml: line 3: retired: channel a is configured itself"}},
		"retired, renamed":  {database + "channels: [{name: a, kind: chat, was: [b]}]\n", "retired: [b]\n", []string{"a.yaml: line 1: retired: channel b is what channel a was"}},
		"retired nothing":   {database, "retired:\n  - A B\n", []string{`a.yaml: line 2: retired: "A B" is no name`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(writeAll(t, map[string]string{"gatehouse.yaml": c.main, "conf.d/a.yaml": c.more}), environ(nil))
			for _, says := range c.says {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("%v, want it to say %q", err, says)
				}
			}
		})
	}
}

func TestUnreadableFilesBesideTheMainOne(t *testing.T) {
	main := writeAll(t, map[string]string{"gatehouse.yaml": database, "conf.d/dir.yaml/x": ""})
	if _, err := Load(main, environ(nil)); err == nil || !strings.Contains(err.Error(), "dir.yaml") {
		t.Errorf("a folder: %v", err)
	}
	main = writeAll(t, map[string]string{"gatehouse.yaml": database, "conf.d": "a file"})
	if _, err := Load(main, environ(nil)); err == nil || !strings.Contains(err.Error(), "conf.d") {
		t.Errorf("no folder: %v", err)
	}
}

// What stands in no file is said to be where it stands.
func TestFaultsOfTheEnvironment(t *testing.T) {
	main := writeAll(t, map[string]string{"gatehouse.yaml": database + "time_zone: Europe/Berlin\n"})
	_, err := Load(main, environ(map[string]string{"GATEHOUSE_TIME_ZONE": "Mars/Base"}))
	if err == nil || !strings.HasPrefix(err.Error(), "GATEHOUSE_TIME_ZONE: time_zone: ") {
		t.Errorf("%v", err)
	}
	if _, err = Load("", environ(nil)); err == nil || !strings.HasPrefix(err.Error(), "configuration: database_url is not set") {
		t.Errorf("%v", err)
	}
}

func TestSameChannel(t *testing.T) {
	first := "{name: a, kind: imap, host: mail.example.com, folders: [INBOX, Forms], oauth2: {provider: google, id: x}}"
	for text, want := range map[string]bool{
		first: true,
		"kind: imap\nname: a # the first\nhost: 'mail.example.com'\nwas: [b]\noauth2: {id: x, provider: google}\nfolders:\n  - INBOX\n  - Forms": true,
		"{name: a, kind: imap, host: mail.example.com, folders: [Forms, INBOX], oauth2: {provider: google, id: x}}":                              false,
		"{name: a, kind: imap, host: mail.example.com, folders: [INBOX, Forms], oauth2: {provider: google}}":                                     false,
		"{name: a, kind: imap, host: mail.example.com, folders: [INBOX, Forms], oauth2: {provider: google, id: x}, port: 1}":                     false,
		"{name: a, kind: chat, host: mail.example.com, folders: [INBOX, Forms], oauth2: {provider: google, id: x}}":                              false,
		"{name: a, kind: imap, host: imap, folders: [INBOX, Forms], oauth2: {provider: google, id: x}}":                                          false,
	} {
		a, err := NewChannel(first)
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewChannel(text)
		if err != nil {
			t.Fatal(err)
		}
		if a.Same(b) != want || b.Same(a) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
