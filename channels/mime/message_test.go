package mime

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gatehouse/ingest"
)

func TestMessage(t *testing.T) {
	raw := "From: Ann Lee <Ann@Example.COM>\nTo: Help <help@example.org>\nCc: bob@example.net\nDate: Fri, 1 Mar 2024 09:05:00 +0530\n" +
		"Message-ID: <4@example.com>\nReferences: <1@x> <2@x> <3@x>\nIn-Reply-To: <2@x>\nSubject: Hi\nX-Originating-IP: 192.0.2.7\n\nnew\n\n> old\n"
	m := Read([]byte(raw), Options{}).Message()
	id, err := ingest.ParseIdentity("email", "Ann@Example.COM", ingest.Header)
	if err != nil {
		t.Fatal(err)
	}
	sent := time.Date(2024, 3, 1, 3, 35, 0, 0, time.UTC)
	want := ingest.Message{
		Family: ingest.Email, From: ingest.Sender{Identity: id, Name: "Ann Lee", Address: "Ann@Example.COM"},
		Identities: []ingest.Identity{id}, To: []ingest.Mailbox{{Name: "Help", Address: "help@example.org"}, {Address: "bob@example.net"}},
		Subject: "Hi", Text: "new\n\n> old\n", ReplyText: "new", Attachments: []ingest.Attachment{}, SentAt: &sent, Auto: ingest.AutoNone,
		Thread: "4@example.com", Answers: []string{"2@x", "3@x", "1@x"}, Defects: []ingest.Defect{},
		Spam: []string{}, Tokens: []string{},
	}
	if diff := cmp.Diff(want, m, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	var refs strings.Builder
	for i := range 200 {
		fmt.Fprintf(&refs, " <%d@x>", i)
	}
	long := strings.Repeat("a", 5000)
	m := Read([]byte("Message-ID: <"+long+">\nReferences:"+refs.String()+" <"+long+"b>\n\nx"), Options{}).Message()
	if len(m.Answers) != 50 || m.Answers[1] != "199@x" {
		t.Errorf("%d answers, second %q", len(m.Answers), m.Answers[1])
	}
	if len(m.Thread) > 250 || len(m.Answers[0]) > 250 || m.Thread == m.Answers[0] {
		t.Errorf("thread %q, answer %q", m.Thread, m.Answers[0])
	}
}

func TestForeignMark(t *testing.T) {
	for any, want := range map[bool]string{true: "loop", false: "none"} {
		if m := Read([]byte("X-Loop: any\n\nx"), Options{AnyLoop: any}); m.Auto != want {
			t.Errorf("a foreign mark with AnyLoop %v: %s, want %s", any, m.Auto, want)
		}
	}
}

func TestReadHeader(t *testing.T) {
	m := ReadHeader([]byte("From: Ann <a@example.com>\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"), Options{})
	if m.From == nil || m.From.Address != "a@example.com" || m.TextSource != "none" || m.Attachments == nil {
		t.Errorf("%+v", m)
	}
	for _, d := range m.Defects {
		if strings.Contains(d.Code, "boundary") || strings.Contains(d.Code, "multipart") {
			t.Errorf("a header without body has defect %v", d)
		}
	}
}

func TestBugWhileReading(t *testing.T) {
	for cause, typ := range map[any]string{"quoted from the mail": "string", errors.ErrUnsupported: "*errors.errorString"} {
		_, err := guard(func() Mail { panic(cause) })
		if err == nil || !strings.HasSuffix(err.Error(), typ) || strings.Contains(err.Error(), fmt.Sprint(cause)) {
			t.Errorf("error %v: want the panic's type, not its words", err)
			continue
		}
		m := unreadable(err)
		checkInvariants(t, []byte("x"), m)
		if len(m.Defects) != 1 || m.Defects[0] != (ingest.Defect{Code: "unreadable", Detail: err.Error()}) {
			t.Errorf("%v", m.Defects)
		}
	}
	if m, err := guard(func() Mail { return Mail{Subject: "fine"} }); err != nil || m.Subject != "fine" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAttachmentNotFound(t *testing.T) {
	if _, err := Attachment([]byte("a: b\n\nx"), 0); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("err = %v", err)
	}
}
