package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// A mail that a worker posts is one like any other: an answer joins its thread,
// its files are there, and it comes once however often it is posted. The house's
// proxy is trusted, so what it says of a client's certificate proves the client.
func TestMailAndCertificatesByWebhook(t *testing.T) {
	t.Parallel()
	const worker = "{name: worker, kind: webhook, scheme: bearer, bearer_token: secret, body: mime, map: {envelope_to: 'header:X-To'}}"
	print := strings.Repeat("ab", 32)
	carrier := "{name: carrier, kind: webhook, scheme: mtls, client_fingerprint: " + print + ", map: {from: from, text: text, id: id}}"
	h := newHouse(t, worker, carrier)
	p := h.Serve()
	token := []string{"Authorization", "Bearer secret", "X-To", "desk@example.net"}
	question := plain("A question", "Message-ID: <q@example.com>", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
	question = strings.Replace(question, "\r\n\r\n", "\r\n\r\n--b\r\n\r\n", 1) + "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nhello\r\n--b--\r\n"
	h.posts(http.StatusOK, "worker", "message/rfc822", question, token...)
	h.posts(http.StatusOK, "worker", "message/rfc822", question, token...)
	h.posts(http.StatusOK, "worker", "message/rfc822", plain("Re: A question", "Message-ID: <r@example.com>", "In-Reply-To: <q@example.com>"), token...)
	h.posts(http.StatusUnauthorized, "worker", "message/rfc822", question)
	first, second := h.In("conversed", "A question"), h.In("conversed", "Re: A question")
	if first.Conversation != second.Conversation || len(first.Attachments) != 1 || first.Attachments[0].Size != 5 || first.From.Kind != "email" {
		t.Errorf("%+v\n%+v", first, second)
	}

	const order = `{"id":"1","from":"+15550109686","text":"An order ` + planted + `"}`
	h.posts(http.StatusOK, "carrier", jsonBody, order, "Client-Cert", print)
	h.posts(http.StatusUnauthorized, "carrier", jsonBody, order, "Client-Cert", strings.Repeat("cd", 32))
	h.posts(http.StatusUnauthorized, "carrier", jsonBody, order)
	h.In("conversed", "An order")
	if n := len(h.Messages()); n != 3 {
		t.Errorf("%d messages", n)
	}
	h.Command(0, "verify")
	p.Terminate()

	h.configure("", "{name: worker, kind: webhook, scheme: bearer, bearer_token: secret}", carrier)
	trial{"check --config %s", 1, "holds messages of another family, email, not webhook"}.run(t, h.Config)
}
