package ingest_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// goldenChain is a chain as it is exported; another program made its hashes.
func goldenChain(t *testing.T) (list []ingest.AuditLine) {
	t.Helper()
	f, err := os.Open("testdata/audit.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var e struct {
			N, ID                        int64 `json:",string"`
			At                           time.Time
			Actor, Action, Subject, Data string
			Hash                         string
		}
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		hash, err := hex.DecodeString(e.Hash)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, ingest.AuditLine{N: e.N, ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Data: e.Data, Hash: hash})
	}
	return list
}

func TestAuditSealIsWhatOthersCompute(t *testing.T) {
	var before []byte
	list := goldenChain(t)
	for _, l := range list {
		if before = l.Seal(before); string(before) != string(l.Hash) {
			t.Errorf("line %d: %x, want %x", l.N, before, l.Hash)
		}
	}
	if len(list) != 5 {
		t.Errorf("%d lines", len(list))
	}
}

func TestAuditWalkNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func([]ingest.AuditLine) []ingest.AuditLine
		want string
	}{
		{"nothing", func(l []ingest.AuditLine) []ingest.AuditLine { return l }, ""},
		{"a word changed", func(l []ingest.AuditLine) []ingest.AuditLine { l[2].Actor = "Bob"; return l },
			"the audit's line 3 is not what was sealed behind line 2: 1 [3]"},
		{"and sealed anew", func(l []ingest.AuditLine) []ingest.AuditLine {
			l[2].Actor = "Bob"
			l[2].Hash = l[2].Seal(l[1].Hash)
			return l
		}, "the audit's line 4 is not what was sealed behind line 3: 1 [4]"},
		{"moved between fields", func(l []ingest.AuditLine) []ingest.AuditLine {
			l[0].Actor, l[0].Action = l[0].Actor+"t", l[0].Action[1:]
			return l
		}, "the audit's line 1 is not what was sealed behind line 0: 1 [1]"},
		{"exchanged", func(l []ingest.AuditLine) []ingest.AuditLine {
			l[1], l[2] = l[2], l[1]
			l[1].N, l[2].N = 2, 3
			return l
		}, "the audit's line 2 is not what was sealed behind line 1: 3 [2 3 4]"},
		{"gone in the middle", func(l []ingest.AuditLine) []ingest.AuditLine { return slices.Delete(l, 1, 3) },
			"lines of the audit that are not there, from line 2: 2 [2-3]"},
		{"gone at the beginning", func(l []ingest.AuditLine) []ingest.AuditLine { return l[1:] },
			"lines of the audit that are not there, from line 1: 1 [1-1]"},
		{"gone at the end", func(l []ingest.AuditLine) []ingest.AuditLine { return l[:4] },
			"lines of the audit that are not there, from line 5: 1 [5-5]"},
		{"all gone", func([]ingest.AuditLine) []ingest.AuditLine { return nil }, "lines of the audit that are not there, from line 1: 5 [1-5]"},
		{"one twice", func(l []ingest.AuditLine) []ingest.AuditLine { return slices.Insert(l, 2, l[1]) },
			"the audit's line 2 is not what was sealed behind line 2: 1 [2]"},
		{"one more", func(l []ingest.AuditLine) []ingest.AuditLine {
			more := ingest.AuditLine{N: 6}
			more.Hash = more.Seal(l[4].Hash)
			return append(l, more)
		}, "the audit's chain does not end as it was sealed, at line 5: 1 [6]"},
	} {
		list := goldenChain(t)
		end := slices.Clone(list[4].Hash)
		var w ingest.AuditWalk
		for _, l := range c.do(list) {
			w.Follow(l)
		}
		if got := said(w.End(5, end)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func said(list []ingest.Violation) string {
	var parts []string
	for _, v := range list {
		b, _ := json.Marshal(v.N)
		parts = append(parts, v.Says+": "+string(b)+" ["+strings.Join(v.IDs, " ")+"]")
	}
	return strings.Join(parts, "; ")
}
