package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// environ is an environment of the given pairs.
func environ(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gatehouse.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const good = `
database_url: postgres://gatehouse@127.0.0.1/gatehouse
http: {listen: 127.0.0.1:9000, trusted_proxies: [10.0.0.0/8]}
time_zone: Europe/Berlin
settings: {bot_enabled: true, reopen_within: 48h}
channels:
  - name: support-mail
    kind: imap
    host: mail.example.com
    port: ${PORT}
    password: ${PASSWORD}
`

type mailbox struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`
	Password string `yaml:"password"`
}

func TestLoad(t *testing.T) {
	c, err := Load(write(t, good), environ(map[string]string{
		"PORT": "1993", "PASSWORD": "pa: ss", "GATEHOUSE_HTTP_LISTEN": "127.0.0.1:9001", "GATEHOUSE_WORKERS": "7"}))
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTP.Listen != "127.0.0.1:9001" || c.Workers != 7 {
		t.Errorf("the environment comes before the file: %+v", c)
	}
	if !c.Settings.BotEnabled || c.Settings.MayBan != "supervisor" {
		t.Errorf("settings keep their defaults beside what the file says: %+v", c.Settings)
	}
	if len(c.HTTP.Trusted) != 1 || c.Location().String() != "Europe/Berlin" {
		t.Errorf("%+v", c)
	}
	var m mailbox
	if err := c.Channels[0].Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m != (mailbox{"mail.example.com", 1993, "pa: ss"}) {
		t.Errorf("%+v", m)
	}
}

func TestLoadReadsSecretsFromFiles(t *testing.T) {
	secret := write(t, "s3cret\n")
	c, err := Load(write(t, "database_url: postgres:///x\nchannels: [{name: a, kind: imap, password: 'file:"+secret+"'}]"), environ(nil))
	if err != nil {
		t.Fatal(err)
	}
	var m mailbox
	if err := c.Channels[0].Decode(&m); err != nil || m.Password != "s3cret" {
		t.Errorf("%+v %v", m, err)
	}
}

// Each of these is refused, and the message says where and what.
func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":         {"database_url: postgres:///x\nhttpp: {}", `line 2: unknown key "httpp"`},
		"unknown nested key":  {"database_url: postgres:///x\nhttp:\n  listn: a", `line 3: unknown key "listn"`},
		"unknown setting":     {"database_url: postgres:///x\nsettings: {bot: true}", `unknown key "bot"`},
		"no number":           {"database_url: postgres:///x\nworkers: many", "line 2: workers: want a number"},
		"a list for a text":   {"database_url: postgres:///x\nresolver: [secret@]", "line 2: resolver: want one text"},
		"a text for keys":     {"database_url: postgres:///x\nhttp: secret@", "line 2: http: want a mapping of keys"},
		"a text for a list":   {"database_url: postgres:///x\nchannels: secret@", "line 2: channels: want a list"},
		"no bool":             {"database_url: postgres:///x\nsettings:\n  closed: maybe", "line 3: closed: want true or false"},
		"empty secret":        {"database_url: postgres:///x\nreply_secret: ''", "line 2: reply_secret: an empty secret"},
		"bad end":             {"database_url: postgres:///x\nsettings:\n  held_keep: for ever", `line 3: held_keep: "for ever": want a time as 2160h, or never`},
		"no database":         {"redis_url: redis://x", "database_url is not set"},
		"bad database":        {"database_url: host=x password=secret", "database_url: want postgres://"},
		"broken database":     {"database_url: 'postgres://:secret@[::1'", "database_url: want postgres://"},
		"bad redis":           {"database_url: postgres:///x\nredis_url: carrier://pigeon", "redis_url: want redis://"},
		"sentinel of nobody":  {"database_url: postgres:///x\nredis_url: redis-sentinel://a.example.com", "redis_url: a redis-sentinel:// wants ?master_name="},
		"redis, mistyped":     {"database_url: postgres:///x\nredis_url: redis://a.example.com?colour=red", "redis_url: redis: unexpected option: colour"},
		"bad zone":            {"database_url: postgres:///x\ntime_zone: Mars/Base", "Mars/Base"},
		"bad proxy":           {"database_url: postgres:///x\nhttp: {trusted_proxies: [me]}", `"me" is no network`},
		"bad role":            {"database_url: postgres://x/y\nsettings: {may_ban: king}", `may_ban "king"`},
		"bad duration":        {"database_url: postgres://x/y\nsettings: {bot_max_age: -5m}", "bot_max_age"},
		"bad name":            {"database_url: postgres:///x\nchannels: [{name: A b, kind: imap}]", `channel name "A b"`},
		"no kind":             {"database_url: postgres:///x\nchannels: [{name: a}]", "has no kind"},
		"two of a name":       {"database_url: postgres:///x\nchannels: [{name: a, kind: chat}, {name: a, kind: imap}]", `a second channel is named "a"`},
		"expected too often":  {"database_url: postgres:///x\nchannels:\n  - {name: a, kind: chat, expect_every: 30s}", "line 3: expect_every: want a duration of at least 1m0s"},
		"expected in no unit": {"database_url: postgres:///x\nchannels:\n  - {name: a, kind: chat, expect_every: 30}", "line 3: expect_every: want a duration"},
		"unset variable":      {"database_url: ${NOWHERE}", "the variable NOWHERE is not set"},
		"missing secret file": {"database_url: file:/nonexistent/secret", "line 1"},
		"no yaml":             {"database_url: [", "yaml"},
		"a list":              {"- a", "want a mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(write(t, c.text), environ(nil))
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret@") {
				t.Errorf("%v, want it to say %q", err, c.says)
			}
		})
	}
}

func TestChannelExpectsMessages(t *testing.T) {
	c, err := NewChannel("{name: a, kind: imap, expect_every: 1h30m}")
	if err != nil || c.ExpectEvery != 90*time.Minute {
		t.Errorf("%v, %v", c.ExpectEvery, err)
	}
	if err := c.Decode(&mailbox{}); err != nil {
		t.Errorf("the adapter sees what every channel has: %v", err)
	}
}

func TestChannelDecodeIsStrict(t *testing.T) {
	c, err := NewChannel("name: a\nkind: imap\nhost: h\npasswort: x")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(&mailbox{}); err == nil || !strings.Contains(err.Error(), `line 4: unknown key "passwort"`) {
		t.Errorf("%v", err)
	}
	if c, err = NewChannel("name: a\nkind: imap\nport: 5m"); err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(&mailbox{}); err == nil || !strings.Contains(err.Error(), `line 3: port: want a number`) {
		t.Errorf("%v", err)
	}
	var shares struct {
		Inner struct {
			Timeout time.Duration `yaml:"timeout"`
		} `yaml:",inline"`
	}
	if c, err = NewChannel("name: a\nkind: imap\ntimeout: 5s"); err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(&shares); err != nil || shares.Inner.Timeout != 5*time.Second {
		t.Errorf("a key of a struct within: %v, %v", shares, err)
	}
	var waits struct {
		Timeout time.Duration `yaml:"timeout"`
	}
	if c, err = NewChannel("name: a\nkind: imap\ntimeout: 5"); err != nil {
		t.Fatal(err)
	}
	if err := c.Decode(&waits); err == nil || !strings.Contains(err.Error(), `line 3: timeout: want a time with its unit`) {
		t.Errorf("%v", err)
	}
}
