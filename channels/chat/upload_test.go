package chat_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
)

// form is a message with one file, as a browser sends it.
func form(t *testing.T, message, contentType string, data []byte) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	err := w.WriteField("message", message)
	if err != nil {
		t.Fatal(err)
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="files"; filename="a.bin"`}, "Content-Type": {contentType},
	})
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/chat/golden/messages", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.RemoteAddr = "192.0.2.1:40000"
	return r
}

// A message is the same, whichever way it is sent.
func TestFormAndJSONAreOneMessage(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, "{}")
	data := []byte{0, 1, 2, 0xff}
	first := d.Do(form(t, message("1", "v", "see"), "image/png", data))
	body, _ := json.Marshal(map[string]any{ // always encodes
		"id": "1", "visitor_id": "v", "text": "see",
		"attachments": []map[string]any{{"filename": "a.bin", "content_type": "image/png", "data": data}},
	})
	again := send(d, "messages", string(body))
	stored := d.Store.Messages()
	if first.Code != 202 || again.Body.String() != first.Body.String() || len(stored) != 1 {
		t.Fatalf("%s, %s, %d messages", first.Body, again.Body, len(stored))
	}
	got, err := chat.Attachment(stored[0].Arrival.Raw, 0)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%x, %v", got, err)
	}
}

func TestLimitsOfForms(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, `{max_attachment_bytes: 100, max_body_bytes: 1000, attachment_types: ["image/*", application/pdf]}`)
	for name, tt := range map[string]struct {
		request *http.Request
		code    int
		says    string
	}{
		"a picture":     {form(t, message("1", "v", "x"), "image/png", make([]byte, 100)), 202, `"id"`},
		"a document":    {form(t, message("2", "v", "x"), "application/pdf", nil), 202, `"id"`},
		"a program":     {form(t, message("3", "v", "x"), "application/x-msdownload", nil), 422, "want image/*, application/pdf"},
		"a large file":  {form(t, message("4", "v", "x"), "image/png", make([]byte, 101)), 413, "too large"},
		"much text":     {form(t, message("5", "v", strings.Repeat("x", 990)), "image/png", nil), 413, "too large"},
		"a text broken": {form(t, `{"id":`, "image/png", nil), 400, "JSON"},
	} {
		if w := d.Do(tt.request); w.Code != tt.code || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if n := len(d.Store.Messages()); n != 2 {
		t.Errorf("%d messages", n)
	}
}
