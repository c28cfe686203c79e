package smpp

import (
	"cmp"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// states are the message_states (SMPP 3.4 §5.2.28), and their names in the
// text of receipts (appendix B).
var states = map[string]ingest.Delivery{
	"1": ingest.Sent, "2": ingest.Delivered, "3": ingest.Failed, "4": ingest.Failed, "5": ingest.Failed, "6": ingest.Sent, "8": ingest.Failed,
	"ENROUTE": ingest.Sent, "ACCEPTD": ingest.Sent, "DELIVRD": ingest.Delivered, "EXPIRED": ingest.Failed, "DELETED": ingest.Failed,
	"UNDELIV": ingest.Failed, "REJECTD": ingest.Failed,
}

// report reads a delivery receipt, its TLVs before its text; false: it does not
// say of what, or a state that we know. The text has times, but not of which
// zone.
func (d delivery) report() (ingest.DeliveryReport, bool) {
	said := receiptFields(latin(string(d.octets)))
	state := strings.ToUpper(said["stat"])
	if n, found := number(d.optional[tagMessageState]); found && n < 10 {
		state = string(rune('0' + n))
	}
	r := ingest.DeliveryReport{ID: channels.Line(cmp.Or(d.identifier(), said["id"]), 200), Status: states[state]}
	if code := said["err"]; strings.Trim(code, "0") != "" && r.Status == ingest.Failed {
		r.Code = code
	}
	return r, r.ID != "" && r.Status != ""
}

// receiptFields reads "id:… sub:… stat:… err:… text:…". What stands behind
// text: is of the message that was sent, and is not read.
func receiptFields(s string) map[string]string {
	all := map[string]string{}
	for _, word := range strings.Fields(s) {
		name, value, found := strings.Cut(word, ":")
		name = strings.ToLower(name)
		if name == "text" {
			break
		}
		if _, twice := all[name]; found && !twice {
			all[name] = value
		}
	}
	return all
}
