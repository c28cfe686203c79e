//go:build long && interop

package all_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
)

// chats are those of chat networks.
var chats = []peer{
	{
		sdk: "line", kind: "line", secrets: []string{"secret-new", "secret-old"}, stranger: "another", proof: "X-Line-Signature",
		request: saying(`{"destination":"U0bot","events":[{"type":"message","mode":"active","timestamp":1795262399000,"webhookEventId":"01E",` +
			`"source":{"type":"user","userId":"U0ann"},"message":{"id":"500001","type":"text","text":%s}}]}`),
		sign: func(e *exchange) {
			e.Headers = map[string]string{"X-Line-Signature": base64.StdEncoding.EncodeToString(mac(e.Secret, e.Body))}
		},
		settings: func(exchange) string { return "{channel_secret: [secret-new, secret-old]}" },
	},
	{
		sdk: "viber", kind: "viber", secrets: []string{"token-new", "token-old"}, stranger: "another", proof: "X-Viber-Content-Signature",
		request: saying(`{"event":"message","timestamp":1795262399000,"message_token":5741311803571721087,` +
			`"sender":{"id":"0123456789abcdef==","name":"Ann"},"message":{"type":"text","text":%s}}`),
		sign: func(e *exchange) {
			e.Headers = map[string]string{"X-Viber-Content-Signature": hex.EncodeToString(mac(e.Secret, e.Body))}
		},
		settings: func(exchange) string { return "{auth_token: [token-new, token-old]}" },
	},
	{
		sdk: "slack", kind: "slack", secrets: []string{"secret-new", "secret-old"}, stranger: "another", request: slackRequest,
		proof: "X-Slack-Signature", stamp: "X-Slack-Request-Timestamp", sign: slackSignature,
		changes:  map[string]func(*exchange){"time long ago": signedAfter(-301, slackSignature), "time to come": signedAfter(301, slackSignature)},
		blind:    []string{"time to come"},
		settings: func(exchange) string { return "{signing_secret: [secret-new, secret-old]}" },
	},
	{
		sdk: "discord", kind: "discord", secrets: []string{publicHex("new"), publicHex("old")}, stranger: publicHex("another"),
		request: saying(`{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"LOBBY_MESSAGE_CREATE",` +
			`"timestamp":"2026-11-21T11:59:59.000000Z","data":{"id":"1397000000000000001","type":0,"lobby_id":"1350184413060661332",` +
			`"channel_id":"1350184413060661332","author":{"id":"1000000000000000001","username":"ann"},"content":%s}}}`),
		proof: "X-Signature-Ed25519", stamp: "X-Signature-Timestamp", sign: discordSignature,
		settings: func(exchange) string {
			return fmt.Sprintf("{public_key_hex: [%q, %q]}", publicHex("new"), publicHex("old"))
		},
	},
}

// slackRequest is an event, or a command, which is a form.
func slackRequest(rng *rand.Rand) exchange {
	if rng.IntN(4) > 0 {
		return saying(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"message","channel":"D1",` +
			`"channel_type":"im","user":"U1","ts":"1795262399.000100","text":%s}}`)(rng)
	}
	e := exchange{Method: http.MethodPost, URL: "https://in.example.org/hook", Params: url.Values{
		"command": {"/ask"}, "team_id": {"T1"}, "text": {word(rng)}, "user_id": {"U1"},
	}}
	e.write()
	return e
}

func slackSignature(e *exchange) {
	at := strconv.FormatInt(e.Now, 10)
	e.Headers = map[string]string{
		"X-Slack-Signature": "v0=" + hex.EncodeToString(mac(e.Secret, "v0:"+at+":"+e.Body)), "X-Slack-Request-Timestamp": at,
	}
}

// signedAfter is what was signed so many seconds from now.
func signedAfter(seconds int64, sign func(*exchange)) func(*exchange) {
	return func(e *exchange) {
		now := e.Now
		e.Now += seconds
		sign(e)
		e.Now = now
	}
}

func publicHex(seed string) string {
	return hex.EncodeToString(keyOf(seed).Public().(ed25519.PublicKey))
}

func discordSignature(e *exchange) {
	at := strconv.FormatInt(e.Now, 10)
	signature := signedBy(publicHex, e.Secret, at+e.Body)
	e.Headers = map[string]string{"X-Signature-Ed25519": hex.EncodeToString(signature), "X-Signature-Timestamp": at}
}
