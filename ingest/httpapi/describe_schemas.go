package httpapi

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

var problemType = reflect.TypeFor[Problem]()

// named are the schemas whose Go names say less outside of this program.
var named = map[string]string{
	"Account": "ChannelStats", "Also": "AlsoSet", "Line": "TrailLine", "Record": "Message", "Moved": "MovedMessage",
}

// schemaName is a schema's name: that of its Go type, a list's behind what it
// is a list of, as MessageList.
func schemaName(t reflect.Type, hint string) string {
	name := strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "Body")
	item, list := strings.CutPrefix(name, "List")
	if better := named[item]; better != "" {
		item = better
	}
	if list && item != "" {
		item += "List"
	}
	return item
}

// enums are the words of which a type is one. That each is true, all answers
// to the tests are held against.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[ingest.Status]():     {"bot", "unassigned", "open", "closed"},
	reflect.TypeFor[ingest.Role]():       {"agent", "supervisor", "admin"},
	reflect.TypeFor[ingest.Effect]():     {"none", "refuse", "hold"},
	reflect.TypeFor[ingest.How]():        {"", "verified", "header", "claimed"},
	reflect.TypeFor[ingest.JobState]():   {"queued", "running", "done", "failed", "cancelled"},
	reflect.TypeFor[ingest.Auto]():       {"", "none", "auto_reply", "bounce", "list", "feedback", "loop"},
	reflect.TypeFor[ingest.OptSource]():  {"word", "provider", "desk"},
	reflect.TypeFor[ingest.Opt]():        {"", "out", "in", "help"},
	reflect.TypeFor[ingest.Check]():      {"", "pass", "fail", "none", "unknown"},
	reflect.TypeFor[ingest.RuleKind]():   {"ban", "block", "blacklist", "allow"},
	reflect.TypeFor[ingest.OnExpiry]():   {"", "keep", "release"},
	reflect.TypeFor[ingest.HeldChoice](): {"", "unblock_all", "delete_all", "keep"},
	reflect.TypeFor[ingest.State]():      {"received", "conversed", "held", "refused", "dead", "purged"},
	reflect.TypeFor[ingest.ChangeKind](): {"edit", "unsend", "reaction"},
}

// mendObject makes a schema say what the wire says: arrays are never null,
// numbers marked as strings are strings or, if there is none, null, a pointer to an object is null or, if
// it may be left out, absent. What may be null is not looked into in requests.
func mendObject(s *huma.Schema, t reflect.Type) {
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		switch {
		case p == nil:
		case p.Type == huma.TypeArray:
			p.Nullable = false
		case strings.Contains(options, "string"):
			none := name != "id" && !strings.Contains(options, "omit") // 0 is written as null
			s.Properties[name] = &huma.Schema{Type: huma.TypeString, Nullable: none, Description: p.Description}
		case p.Ref != "" && f.Type.Kind() == reflect.Pointer && !strings.Contains(options, "omit"):
			s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
		case enums[f.Type] != nil && len(p.Enum) == 0:
			p.Enum = enums[f.Type]
		}
	}
}

// parameters says what a parameter is where its field does not.
var parameters = map[string]string{
	"id": "which one", "name": "the channel's name", "identity": "which of the contact's addresses", "note": "which of the contact's notes",
	"index": "which of the message's files, from 0", "channel": "of this channel", "contact_id": "of this contact",
	"conversation_id": "of this conversation", "rule": "held by this rule", "reason": "for this reason", "state": "in this state",
	"status": "of this status", "kind": "of this kind", "tag": "that have this tag", "assignee": "that are this person's",
	"standing": "blocked: with a ban, block or blacklist in force; active: without; banned, blacklisted: of the blocked those with such a rule", "sort": "the order", "by": "what makes a group",
	"opened": "seen by somebody already, or not", "likely_wrong": "likely held in error, or not",
	"actor": "done by this one", "format": "of the file", "endpoint_id": "to this endpoint", "value": "the address", "ip": "where they come from", "limit": "at most so many items",
	"If-Match":      "an ETag that was given: 412 if what may be changed has been changed since; what stands behind its point does not count",
	"If-None-Match": "an ETag that was given: 304 if it has not been changed since",
	"Last-Event-ID": "the id of the last event that was read, as browsers send it; like after",
}

// asNumber is the schema of a number that is an id, a string as in answers: what
// an answer gave is put into a path as it is.
const asNumber = "^[0-9]{1,19}$"

func mendParameters(op *huma.Operation) {
	for _, p := range op.Parameters {
		if p.In == "path" && p.Schema.Type == huma.TypeInteger && p.Name != "index" {
			p.Schema = &huma.Schema{Type: huma.TypeString, Pattern: asNumber}
		}
		if p.Description == "" {
			p.Description = parameters[p.Name]
		}
	}
}
