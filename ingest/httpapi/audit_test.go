package httpapi_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"gatehouse/ingest"
)

// An export is the chain: whoever has it computes the head's hash.
func TestAuditIsExportedAsItWasHashed(t *testing.T) {
	d := open(t)
	d.ask(admin, "PATCH /settings", `{"close_chat_after":"45m","chat_notice":{"*":"=1+1, \"ü\""}}`).is(200)
	must(t, d.store.SealAudit(context.Background()))
	head := d.ask(admin, "GET /audit/head", "").is(200).has("waiting", "0", "cut", "")
	lines := bytes.Split(bytes.TrimSpace(d.ask(admin, "GET /audit/export", "").is(200).Body), []byte("\n"))
	records, err := csv.NewReader(bytes.NewReader(d.ask(admin, "GET /audit/export?format=csv", "").is(200).Body)).ReadAll()
	must(t, err)
	if strconv.Itoa(len(lines)) != head.get("n") || len(records) != len(lines)+1 {
		t.Fatalf("%d lines of JSON, %d of CSV, the head is number %s", len(lines), len(records), head.get("n"))
	}
	var byJSON, byCSV []byte
	for i, line := range lines {
		var e map[string]string
		must(t, json.Unmarshal(line, &e))
		c := records[i+1]
		byJSON = sealOf(t, e["n"], e["id"], e["at"], e["actor"], e["action"], e["subject"], e["data"]).Seal(byJSON)
		byCSV = sealOf(t, c[0], c[1], c[2], c[3], c[4], c[5], c[6]).Seal(byCSV)
	}
	if got, want := [2]string{hex.EncodeToString(byJSON), hex.EncodeToString(byCSV)}, head.get("hash"); got != [2]string{want, want} {
		t.Errorf("computed %q, the head is %q", got, want)
	}
	d.ask(admin, "GET /audit?action=audit.*&actor=admin", "").is(200).has("items", "2", "items.0.action", "audit.export")
	if got := d.ask(admin, "GET /audit/export?subject=settings", "").is(200).Body; bytes.Count(got, []byte("\n")) != 1 {
		t.Errorf("of the settings: %s", got)
	}
}

func sealOf(t *testing.T, n, id, at, actor, action, subject, data string) ingest.AuditLine {
	t.Helper()
	when, err := time.Parse(ingest.AuditTime, at)
	must(t, err)
	number, err := strconv.ParseInt(n, 10, 64)
	must(t, err)
	row, err := strconv.ParseInt(id, 10, 64)
	must(t, err)
	return ingest.AuditLine{N: number, ID: row, At: when, Actor: actor, Action: action, Subject: subject, Data: data}
}
