package channeltest

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// vectorMessage is a message that must come out. Only what is present counts.
type vectorMessage map[string]json.RawMessage

// silent are fields that a message has no place for: they stay in its raw
// bytes.
var silent = []string{
	"channel", "segments", "thread_id", "media_group_id", "button_payload", "opt_out", "unsupported", "content_pointer",
	"needs_fetch", "mailbox_hash", "sticker", "contacts", "error_code", "story_url", "provider_event_id",
}

// compare compares every field that is present. One that nobody compares is an
// error: no vector passes by what is not looked at.
func (want vectorMessage) compare(t *testing.T, k channels.Kind, a ingest.Arrival) {
	t.Helper()
	m := a.Message
	for name, raw := range want {
		var ok bool
		switch name {
		case "provider_message_id":
			ok = isNamed(t, raw, a)
		case "envelope":
			ok = hasEnvelope(t, raw, m)
		case "rfc822_message_id":
			ok = m.Thread == strings.Trim(textOf(t, raw), "<>")
		case "text":
			ok = m.Text == textOf(t, raw)
		case "stripped_text": // a reply text has no blanks around it
			ok = strings.TrimSpace(m.ReplyText) == strings.TrimSpace(textOf(t, raw))
		case "subject":
			ok = m.Subject == textOf(t, raw)
		case "html":
			ok = m.HTML == textOf(t, raw)
		case "reply_to", "in_reply_to":
			ok = slices.Contains(m.Answers, strings.Trim(textOf(t, raw), "<>"))
		case "timestamp":
			at, err := time.Parse(time.RFC3339, textOf(t, raw))
			ok = err == nil && m.SentAt != nil && m.SentAt.Equal(at)
		case "sender":
			ok = isSender(t, raw, m)
		case "recipient":
			ok = isRecipient(t, raw, m)
		case "media":
			ok = hasMedia(t, raw, m)
		case "reaction":
			ok = isReaction(t, raw, m)
		case "edit_of", "delete_of":
			ok = m.Change != nil && m.Change.Of == textOf(t, raw) && slices.Contains(m.Answers, m.Change.Of)
		case "binary":
			ok = hasData(t, raw, k, a)
		case "location":
			ok = hasLocation(t, raw, k, a)
		default:
			ok = slices.Contains(silent, name)
		}
		if !ok {
			t.Errorf("%s: want %s in %+v, keys %q", name, raw, m, a.Keys)
		}
	}
}

func decode[T any](t *testing.T, raw json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

func textOf(t *testing.T, raw json.RawMessage) string { return decode[string](t, raw) }

// isNamed finds the provider's id among the keys. Where the provider gives none,
// the message has a key all the same.
func isNamed(t *testing.T, raw json.RawMessage, a ingest.Arrival) bool {
	id := decode[*string](t, raw)
	return id == nil && len(a.Keys) > 0 && a.Keys[0] != "" || id != nil && slices.Contains(a.Keys, *id)
}

// hasEnvelope compares what was said when the provider got a mail.
func hasEnvelope(t *testing.T, raw json.RawMessage, m ingest.Message) bool {
	want := decode[struct {
		From *string  `json:"from"`
		To   []string `json:"to"`
	}](t, raw)
	if m.Technical == nil || m.Technical.Envelope == nil {
		return false
	}
	got := m.Technical.Envelope
	return same(want.From, got.From) && (want.To == nil || slices.Equal(want.To, got.To))
}

// isSender finds each part of the sender among what the message says of its own.
func isSender(t *testing.T, raw json.RawMessage, m ingest.Message) bool {
	ok := m.From.Kind != ""
	for part, value := range decode[map[string]string](t, raw) {
		switch part {
		case "name":
			ok = ok && m.From.Name == value
		case "phone", "email":
			id, err := ingest.ParseIdentity(part, value, ingest.Verified)
			ok = ok && err == nil && slices.ContainsFunc(m.Identities, func(have ingest.Identity) bool { return have.Key() == id.Key() })
		case "id":
			ok = ok && slices.ContainsFunc(m.Identities, func(have ingest.Identity) bool { return have.Value == value })
		case "username": // shown by some networks, changed at will: no identity
		default:
			ok = false
		}
	}
	return ok
}

// isRecipient finds the recipient among those that a message names, and those
// that only its envelope does.
func isRecipient(t *testing.T, raw json.RawMessage, m ingest.Message) bool {
	for _, value := range decode[map[string]string](t, raw) {
		if slices.ContainsFunc(m.To, func(to ingest.Mailbox) bool { return strings.Contains(to.Address, value) }) {
			return true
		}
		if m.Technical != nil && m.Technical.Envelope != nil && slices.Contains(m.Technical.Envelope.To, value) {
			return true
		}
	}
	return false
}

func isReaction(t *testing.T, raw json.RawMessage, m ingest.Message) bool {
	want := decode[struct {
		TargetID string `json:"target_id"`
		Emoji    string `json:"emoji"`
		Name     string `json:"name"`
		Action   string `json:"action"`
	}](t, raw)
	c := m.Change
	return c != nil && c.Kind == ingest.Reaction && c.Of == want.TargetID && c.Removed == (want.Action == "remove") &&
		(want.Emoji+want.Name == "" || c.Reaction == want.Emoji+want.Name)
}

// hasData finds the data of a message that is no text in its attachment. Its
// header stays in the raw bytes.
func hasData(t *testing.T, raw json.RawMessage, k channels.Kind, a ingest.Arrival) bool {
	want := decode[struct {
		Data string `json:"data_hex"`
	}](t, raw)
	if k.Attachment == nil || len(a.Message.Attachments) != 1 {
		return false
	}
	b, err := k.Attachment(a.Raw, 0)
	return err == nil && hex.EncodeToString(b) == want.Data
}

const placeType = "application/geo+json"

// hasMedia compares the attachments that are no place, in order.
func hasMedia(t *testing.T, raw json.RawMessage, m ingest.Message) bool {
	got := slices.DeleteFunc(slices.Clone(m.Attachments), func(a ingest.Attachment) bool { return a.ContentType == placeType })
	want := decode[[]struct {
		ContentType *string `json:"content_type"`
		Filename    *string `json:"filename"`
		ContentID   *string `json:"content_id"`
		Size        *int64  `json:"size"`
		SHA256      *string `json:"sha256"`
		Inline      *bool   `json:"inline"`
	}](t, raw)
	if len(want) != len(got) {
		return false
	}
	for i, w := range want {
		g := got[i]
		if !same(w.ContentType, g.ContentType) || !same(w.Filename, g.Filename) || !same(w.ContentID, g.ContentID) ||
			!same(w.Size, g.Size) || !same(w.SHA256, g.SHA256) || !same(w.Inline, g.Disposition == "inline") {
			return false
		}
	}
	return true
}

func same[T comparable](want *T, got T) bool { return want == nil || *want == got }

// hasLocation reads the place out of its attachment.
func hasLocation(t *testing.T, raw json.RawMessage, k channels.Kind, a ingest.Arrival) bool {
	i := slices.IndexFunc(a.Message.Attachments, func(a ingest.Attachment) bool { return a.ContentType == placeType })
	if i < 0 || k.Attachment == nil {
		return false
	}
	b, err := k.Attachment(a.Raw, i)
	if err != nil {
		t.Error(err)
		return false
	}
	type place struct {
		Lat, Lon      float64
		Name, Address string
	}
	want := decode[place](t, raw)
	got := decode[struct {
		Geometry   struct{ Coordinates [2]float64 }
		Properties struct{ Name, Address string }
	}](t, b)
	return want == place{got.Geometry.Coordinates[1], got.Geometry.Coordinates[0], got.Properties.Name, got.Properties.Address}
}
