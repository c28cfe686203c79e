package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var personalPages = []page{
	{pattern: "GET /contacts/{id}/erase", show: (*visit).askErase},
	{pattern: "POST /contacts/{id}/erase", show: (*visit).erase},
	{pattern: "GET /contacts/{id}/dossier", show: func(v *visit) error { return v.aboutContact("dossier", nil) }},
	{pattern: "POST /contacts/{id}/dossier", show: func(v *visit) error {
		path := contactPath(v.r.PathValue("id"))
		return v.startJob(path+"/dossier", nil, path)
	}},
	{pattern: "GET /contacts/{id}/legal-hold", show: func(v *visit) error { return v.aboutContact("legal_hold", nil) }},
	{pattern: "POST /contacts/{id}/legal-hold", show: (*visit).legalHold},
}

// askErase says first what would be deleted, and what stays and why.
func (v *visit) askErase() error {
	var would httpapi.WouldErase
	err := v.preview(contactPath(v.r.PathValue("id"))+"/erase", map[string]any{"dry_run": true}, &would)
	var p *httpapi.Problem
	if err != nil && (!errors.As(err, &p) || p.Status != http.StatusLocked) { // the page says that a legal hold stands
		return err
	}
	return v.aboutContact("erase", would)
}

func (v *visit) erase() error {
	return v.startJob(contactPath(v.r.PathValue("id"))+"/erase", map[string]string{"reason": v.r.PostFormValue("reason")}, "/contacts")
}

// erasedNames are what an erasure finds, one and several, in words.
var erasedNames = map[string][2]string{
	ingest.ErasedConversed: {"message in conversations", "messages in conversations"}, ingest.ErasedHeld: {"held message", "held messages"},
	ingest.ErasedDead: {"unreadable message", "unreadable messages"}, ingest.ErasedRefused: {"refused message", "refused messages"},
	ingest.ErasedFiles: {"file", "files"}, ingest.ErasedConversations: {"conversation, emptied", "conversations, emptied"},
	ingest.ErasedIdentities: {"address", "addresses"}, ingest.ErasedNotes: {"note", "notes"},
	ingest.ErasedRules: {"rule, of which a hash stays", "rules, of which hashes stay"}, ingest.ErasedMerges: {"merge", "merges"},
	ingest.ErasedExports: {"export", "exports"}, ingest.ErasedDossiers: {"dossier", "dossiers"}, ingest.ErasedContacts: {"contact, emptied", "contacts, emptied"},
}

// found is so many of something that an erasure finds.
type found struct {
	Name string
	N    int
}

// Found are the counts of what an erasure finds, the most first.
func (f contactForm) Found() []found {
	would, _ := f.More.(httpapi.WouldErase)
	return foundOf(would.Finds)
}

// Erased are the counts of what an erasure has deleted, the most first.
func (f frame) Erased(counts map[string]int) []found { return foundOf(counts) }

func foundOf(counts map[string]int) (list []found) {
	for class, n := range counts {
		if names, told := erasedNames[class]; told && n > 0 {
			list = append(list, found{names[min(n, 2)-1], n})
		}
	}
	slices.SortFunc(list, func(a, b found) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list
}

// legalHold sets a hold, or lifts it.
func (v *visit) legalHold() error {
	if v.r.PostFormValue("do") == "lift" {
		return v.changePerson(http.MethodDelete, "/legal-hold", nil)
	}
	body := map[string]any{"reason": v.r.PostFormValue("reason")}
	if day := v.r.PostFormValue("until"); day != "" {
		body["until"] = day
		if end, ok := dayEnd(day, v.zone()); ok {
			body["until"] = end.Add(-time.Minute) // the hold's last day is shown, and is this one
		}
	}
	if err := v.changePerson(http.MethodPost, "/legal-hold", body); err != nil {
		return v.amiss("legal_hold", err, "reason", "until")
	}
	return nil
}
