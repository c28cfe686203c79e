package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/webhook"
)

// post sends a body to a channel that believes a token.
func post(d *channeltest.Desk, contentType, body string) int {
	r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer t")
	r.Header.Set("Content-Type", contentType)
	return d.Do(r).Code
}

// TestFormSentAgain sends a form twice, as clients do: with other boundaries.
func TestFormSentAgain(t *testing.T) {
	d := channeltest.NewDesk(t, webhook.Kind, "{scheme: bearer, bearer_token: t}")
	form := "--B\r\nContent-Disposition: form-data; name=from\r\n\r\nann@example.com\r\n" +
		"--B\r\nContent-Disposition: form-data; name=f; filename=\"C:\\\\docs\\\\a.txt\"\r\n\r\nhello\r\n--B--\r\n"
	for boundary, body := range map[string]string{"x1": form, "x2": form, "x3": strings.Replace(form, "hello", "hallo", 1)} {
		if code := post(d, "multipart/form-data; boundary="+boundary, strings.ReplaceAll(body, "--B", "--"+boundary)); code != 200 {
			t.Errorf("%s: %d", boundary, code)
		}
	}
	list := d.Store.Messages()
	if len(list) != 2 || len(list[0].Arrival.Message.Attachments) != 1 || list[0].Arrival.Message.Attachments[0].Filename != "a.txt" {
		t.Errorf("%d messages: %+v", len(list), list)
	}
}

// TestBounds posts what would be too much: it is kept, as far as it goes.
func TestBounds(t *testing.T) {
	files := strings.TrimSuffix(strings.Repeat(`{"u":"https://files.example.com/a"},`, 250), ",")
	for name, c := range map[string]struct {
		settings, body string
		stored         int
		says           string
	}{
		"files": {"map: {from: from, text: text, files: {each: 'f[*]', url: u}}", `{"from":"ann@example.com","text":"x","f":[` + files + `]}`, 1, "200 limit_attachments"},
		"what goes with each": {"each: list, map: {from: from, text: $.text}", fmt.Sprintf(`{"text":%q,"list":[%s1]}`, strings.Repeat("x", 1<<20), strings.Repeat("1,", 100)), 1,
			"0 what is taken from around the elements is too long for a copy with each"},
		"a deep body": {"map: {from: from, text: 'text || a[*].a[*].a'}", `{"from":"ann@example.com","a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, 1, "0 there is no text"},
		"too deep":    {"map: {from: from, text: text}", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), 1, "0 the body is not JSON"},
	} {
		d := channeltest.NewDesk(t, webhook.Kind, "{scheme: bearer, bearer_token: t, "+c.settings+"}")
		code := post(d, "application/json", c.body)
		list := d.Store.Messages()
		if code != 200 || len(list) != c.stored {
			t.Errorf("%s: %d, %d stored", name, code, len(list))
			continue
		}
		a := list[0].Arrival
		says := fmt.Sprintf("%d %s", len(a.Message.Attachments), a.Note)
		for _, d := range a.Message.Defects {
			says += d.Code
		}
		if !strings.HasPrefix(says, c.says) {
			t.Errorf("%s: %s, want %s", name, says, c.says)
		}
	}
}
