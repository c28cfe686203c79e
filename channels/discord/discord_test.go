package discord_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, discord.Kind, "../discord") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, discord.Kind, ".", sign) }

// FuzzReread reads raw forms.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{}` + "\n" + `{"type":"LOBBY_MESSAGE_CREATE","timestamp":"2026-11-21T11:59:58.06","data":{"id":"1","content":"<t:1:R> <@2>","author":{"id":"2"}}}`,
		`{}` + "\n" + `{"type":"GAME_DIRECT_MESSAGE_UPDATE","data":{"id":1,"author":{"id":2},"edited_timestamp":"x"}}`,
		`{}` + "\n" + `{"type":"LOBBY_MESSAGE_DELETE","data":{"id":"1","lobby_id":"3"}}`, "{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := discord.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || m.Thread == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// sign is what Discord does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	const stamp = "1795262399"
	seed := sha256.Sum256([]byte("discord-test-new"))
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), slices.Concat([]byte(stamp), body))
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(signature))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"29-wrong-key": channels.CauseSecret, "30-no-signature": channels.CauseUnsigned, "31-no-timestamp": channels.CauseUnsigned,
		"32-signature-twice": channels.CauseUnsigned, "33-short-signature": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, discord.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestCounted is what is told of and is no message; checks of the URL are not
// even counted.
func TestCounted(t *testing.T) {
	for file, want := range map[string]channels.Reply{
		"12-preview-added": {Ignored: 1}, "15-bot": {Ignored: 1}, "16-own": {Ignored: 1}, "17-pinned": {Ignored: 1}, "18-other-app": {Foreign: 1},
		"19-deauthorized": {Ignored: 1}, "20-unknown-event": {Ignored: 1}, "21-ping": {}, "22-command-ping": {}, "23-command": {Ignored: 1},
		"37-webhook": {Ignored: 1},
	} {
		arrivals, reply := channeltest.Parse(t, discord.Kind, "testdata/"+file+".http")
		if len(arrivals) != 0 || reply.Foreign != want.Foreign || reply.Ignored != want.Ignored {
			t.Errorf("%s: %d arrivals, %+v", file, len(arrivals), reply)
		}
	}
}

func TestSettings(t *testing.T) {
	const key = "1740c25b363b4188407cfb83b413098c7737b8584496319d4bdd9e99de07b353"
	for settings, says := range map[string]string{
		`{}`: "public_key_hex", `{public_key_hex: abcd}`: "32 octets", `{public_key_hex: xyz}`: "32 octets",
		`{public_key_hex: ["` + key + `", ""]}`: "empty", `{public_key_hex: "` + key + `", public_url: /x}`: "public_url",
	} {
		_, err := discord.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
