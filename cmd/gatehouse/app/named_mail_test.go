package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/ingest"
)

// TestNamedMail goes to the program whose provider posts no more than a mail's id:
// the mail is fetched before the post is acknowledged. One that the provider does
// not give is stored without its text, and is fetched as a file once it does.
func TestNamedMail(t *testing.T) {
	var asked atomic.Bool // for the mail that is given only when it is asked for again
	var api *httptest.Server
	api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		switch {
		case strings.HasPrefix(r.URL.Path, "/raw/"):
			fmt.Fprintf(w, "From: ann@example.org\r\nTo: desk@example.com\r\nSubject: Order\r\nMessage-ID: <%s@example.org>\r\n\r\nWhere is %s?\r\n", id, id)
		case r.Header.Get("Authorization") != "Bearer k3y" || id == "late" && !asked.Swap(true):
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			fmt.Fprintf(w, `{"id":%q,"raw":{"download_url":%q}}`, id, api.URL+"/raw/"+id)
		}
	}))
	defer api.Close()
	h := serve(t, "media: {allow: [127.0.0.0/8]}\nchannels:\n  - {name: mail, kind: resend, signing_secret: whsec_AAAA, api_key: k3y, api_base: \""+api.URL+"\"}\n")
	for id, created := range map[string]time.Time{"soon": time.Now(), "late": time.Now().Add(-time.Hour)} {
		if code, says := h.named(id, created); code != 200 {
			t.Fatalf("%s: %d %s", id, code, says)
		}
	}
	texts := map[string]string{"soon@example.org": "Where is soon?", "late@example.org": "could not be had"}
	eventually(t, "all are in conversations, and the file of one was fetched", func() bool {
		list, err := h.Store.Messages(t.Context(), ingest.MessageFilter{States: []ingest.State{ingest.Conversed}})
		must(t, err)
		var ids []ingest.ID
		for _, m := range list.Items {
			if says := texts[m.Thread]; says == "" || !strings.Contains(m.Text, says) {
				t.Fatalf("%s says %q", m.Thread, m.Text)
			}
			ids = append(ids, m.ID)
		}
		files, err := h.Store.Files(t.Context(), ids)
		must(t, err)
		return len(ids) == len(texts) && len(files) == 1 && files[0].Status == ingest.FileStored
	})
	h.lawful()
}

// named posts that a mail came in, as Resend does.
func (h *house) named(id string, created time.Time) (int, string) {
	h.t.Helper()
	at := created.UTC().Format(time.RFC3339)
	body := fmt.Sprintf(`{"type":"email.received","created_at":%q,"data":{"email_id":%q,"created_at":%q,"from":"ann@example.org","to":["desk@example.com"],
		"message_id":"<%s@example.org>","subject":"Order"}}`, at, id, at, id)
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, make([]byte, 3))
	mac.Write([]byte("msg_1." + stamp + "." + body))
	return h.post("/hooks/mail", body, "svix-id", "msg_1", "svix-timestamp", stamp,
		"svix-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
