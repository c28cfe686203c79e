package vonage_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/vonage"
	"gatehouse/ingest"
)

const both = "{signature_secret: " + secret + ", signature_method: sha256}"

// partForm is a part of a text.
func partForm(ref string, number, total int, text string) url.Values {
	return url.Values{
		"msisdn": {"15550100042"}, "to": {"15550100999"}, "messageId": {ref + "-" + strconv.Itoa(number) + text}, "text": {text}, "type": {"text"},
		"message-timestamp": {fmt.Sprintf("2026-11-21 11:59:%02d", number)},
		"concat":            {"true"}, "concat-ref": {ref}, "concat-total": {strconv.Itoa(total)}, "concat-part": {strconv.Itoa(number)},
	}
}

// binaryForm is a part of octets, which its header numbers.
func binaryForm(number byte, total byte, data string) url.Values {
	return url.Values{
		"msisdn": {"15550100042"}, "to": {"15550100999"}, "messageId": {"b" + strconv.Itoa(int(number))}, "type": {"binary"},
		"udh": {hex.EncodeToString([]byte{0x0a, 0x05, 0x02, 0x0b, 0x84, 0x08, 0x04, 0x12, 0x34, total, number})}, "data": {hex.EncodeToString([]byte(data))},
	}
}

func send(t *testing.T, d *channeltest.Desk, forms ...url.Values) {
	t.Helper()
	for _, form := range forms {
		if w := d.Do(post(t, form)); w.Code != 200 {
			t.Fatalf("answered %d: %v", w.Code, d.Refused)
		}
	}
}

func told(d *channeltest.Desk) string {
	var all []string
	for _, m := range d.Store.Messages() {
		says := m.Arrival.Message.Text
		for _, defect := range m.Arrival.Message.Defects {
			says += " (" + defect.Code + " " + defect.Detail + ")"
		}
		all = append(all, says)
	}
	return strings.Join(all, ", ")
}

func TestPartsInAnyOrder(t *testing.T) {
	d := channeltest.NewDesk(t, vonage.Kind, both)
	send(t, d, partForm("a", 3, 3, "three"), partForm("a", 1, 3, "one "), partForm("a", 3, 3, "three"), partForm("b", 1, 2, "other"))
	if got := told(d); got != "" || len(d.Store.Parts()) != 3 {
		t.Errorf("%q of parts that are not whole, and %d wait", got, len(d.Store.Parts()))
	}
	send(t, d, partForm("a", 2, 3, "two "), partForm("a", 2, 3, "two "), partForm("a", 1, 3, "one "))
	if got := told(d); got != "one two three" {
		t.Errorf("%q", got)
	}
	m := d.Store.Messages()[0].Arrival
	if len(m.Keys) != 3 || m.Message.Thread != "a-1one " && m.Message.Thread != "a-1one" || m.Message.SentAt.Second() != 1 {
		t.Errorf("the first part names it and says when: %q %+v", m.Keys, m.Message)
	}
}

func TestPartsThatDoNotCome(t *testing.T) {
	d := channeltest.NewDesk(t, vonage.Kind, both)
	send(t, d, partForm("a", 2, 3, "two "), partForm("a", 1, 3, "one "))
	d.Store.JoinParts(channeltest.Now.Add(ingest.PartsWait - time.Second))
	if got := told(d); got != "" {
		t.Errorf("%q before its time", got)
	}
	d.Store.JoinParts(channeltest.Now.Add(ingest.PartsWait))
	send(t, d, partForm("a", 3, 3, "three"))
	if got := told(d); got != "one two  (parts_missing of 3: 3), three (part_late part 3 of 3, whose message was delivered without it)" {
		t.Errorf("%q", got)
	}
}

func TestPartsOfOctets(t *testing.T) {
	d := channeltest.NewDesk(t, vonage.Kind, both)
	send(t, d, binaryForm(2, 2, "lo"), binaryForm(1, 2, "Hel"))
	if n := len(d.Store.Messages()); n != 1 {
		t.Fatalf("%d messages", n)
	}
	m := d.Store.Messages()[0].Arrival
	if b, err := vonage.Kind.Attachment(m.Raw, 0); err != nil || string(b) != "Hello" || m.Message.Text != "" || len(m.Message.Attachments) != 1 {
		t.Errorf("%q, %v, %+v", b, err, m.Message)
	}
}

// TestHeadersThatNumberNothing reads user data headers that are broken, or say of
// no parts: the message is whole.
func TestHeadersThatNumberNothing(t *testing.T) {
	for i, udh := range []string{"", "05", "0500", "050003010201ff", "0500030102", "06050400000000", "0500039c0101", "zz"} {
		form := binaryForm(1, 2, "x")
		form.Set("udh", udh)
		form.Set("messageId", strconv.Itoa(i))
		d := channeltest.NewDesk(t, vonage.Kind, both)
		if send(t, d, form); len(d.Store.Messages()) != 1 {
			t.Errorf("%q: %d messages", udh, len(d.Store.Messages()))
		}
	}
}
