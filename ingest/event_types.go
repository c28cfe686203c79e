package ingest

import (
	"fmt"
	"slices"
	"strings"
)

// EventType is one of the types that events have: what an event of it says has
// happened, and what it carries. docs/consume.md shows the list.
type EventType struct {
	Name string
	Says string
	IDs  []string // of conversation, contact and message, those that it may name
	Data []string // the keys that data may have
	// Passes: it is told to whoever follows the stream at that moment, has no id
	// and is in no log.
	Passes bool
}

// What many types have in common.
var (
	ofAll          = []string{"conversation", "contact", "message"}
	ofConversation = []string{"conversation", "contact"}
	ofContact      = []string{"contact"}
	ofJob          = []string{"job", "kind"}
	ofChannel      = []string{"channel"}
	ofDecision     = []string{"sent_at", "released_by", "rule", "reason", "auto", "copy", "change", "recovered"}
)

// EventTypes are all types of events, by group. What writes one that is not
// here, or with other keys, fails the store's tests, and so does a type that
// none of them sees told.
var EventTypes = slices.Concat(messageEvents, conversationEvents, contactEvents, ruleEvents, workEvents, channelEvents, alertEvents, passingEvents)

var messageEvents = []EventType{
	{Name: "message.conversed", IDs: ofAll, Data: ofDecision, Says: "A message belongs to a conversation, whether it came just now or was released."},
	{Name: "message.held", IDs: []string{"contact", "message"}, Data: append([]string{"ticket"}, ofDecision...), Says: "A message is in the blocked list, held by a rule or for a reason."},
	{Name: "message.dead", IDs: []string{"contact", "message"}, Data: []string{"channel", "reason"}, Says: "A message could not be read, stored or decided, and waits for somebody to retry or delete it."},
	{Name: "message.purged", IDs: []string{"message"}, Data: []string{"by", "job"}, Says: "A message was deleted for good: drop what you keep of it."},
	{Name: "message.attachment", IDs: ofAll, Data: []string{"index", "status", "error"}, Says: "A file that a message names was fetched, or will never be."},
}

var conversationEvents = []EventType{
	{Name: "conversation.opened", IDs: ofConversation, Data: []string{"by", "merge", "parted_from"}, Says: "A conversation began; by the desk, if it says so, or of what an undone merge had put into another."},
	{Name: "conversation.reopened", IDs: ofConversation, Data: []string{"status", "merge"}, Says: "A closed conversation is open again: somebody answered, the desk reopened it, or a merge was undone."},
	{Name: "conversation.closed", IDs: ofConversation, Data: []string{"status", "by", "rule", "merge"}, Says: "A conversation was closed: by the desk, because it was idle, by a rule, or since two contacts are one."},
	{Name: "conversation.assigned", IDs: ofConversation, Data: []string{"status"}, Says: "A conversation has another assignee, or none."},
	{Name: "conversation.changed", IDs: ofConversation, Data: []string{"status"}, Says: "The desk changed a conversation's status, subject or tags otherwise."},
	{Name: "conversation.answered", IDs: ofConversation, Says: "The desk registered what it sent."},
}

var contactEvents = []EventType{
	{Name: "contact.created", IDs: ofContact, Says: "A contact was made, by a first message or by the desk."},
	{Name: "contact.changed", IDs: ofContact, Says: "A contact's profile or addresses changed."},
	{Name: "contact.merged", IDs: ofContact, Data: []string{"merge", "contact", "rules"}, Says: "Another contact, whose id is in data, is one with this one now: whatever asks for it gets this one."},
	{Name: "contact.unmerged", IDs: ofContact, Data: []string{"merge", "contact"}, Says: "The two are two again."},
	{Name: "contact.noted", IDs: ofContact, Says: "Somebody wrote a note about a contact."},
	{Name: "contact.note_deleted", IDs: ofContact, Says: "A note about a contact was deleted."},
	{Name: "contact.opted_out", IDs: ofAll, Data: []string{"channel", "source", "word"}, Says: "Somebody asked to be written to no more on a channel: stop sending there."},
	{Name: "contact.opted_in", IDs: ofAll, Data: []string{"channel", "source", "word"}, Says: "Somebody who had opted out may be written to again on a channel."},
	{Name: "contact.legal_hold", IDs: ofContact, Says: "A contact is under a legal hold: nothing of theirs is deleted."},
	{Name: "contact.legal_hold_lifted", IDs: ofContact, Says: "A legal hold was lifted."},
	{Name: "contact.erased", IDs: ofContact, Says: "All that was stored of a person was deleted: delete what you have of them."},
	{Name: "review.asked", IDs: ofContact, Says: "An agent asked for a second look at what is held of a contact."},
	{Name: "review.closed", IDs: ofContact, Says: "The second look at a contact is over."},
	{Name: "notice.requested", IDs: ofAll, Data: []string{"notice", "channel"}, Says: "A sender is to be told what became of a message or a word of theirs; whoever sends for the desk does so, once."},
}

var ruleEvents = []EventType{
	{Name: "rule.set", IDs: ofContact, Data: []string{"rule", "kind"}, Says: "A ban, block, blacklist or allow stands."},
	{Name: "rule.changed", IDs: ofContact, Data: []string{"rule", "kind"}, Says: "A rule's kind, reason or end was changed."},
	{Name: "rule.expired", IDs: ofContact, Data: []string{"rule", "kind"}, Says: "A rule's time is over. What it holds stays until it is lifted, which follows if it was to let go."},
	{Name: "rule.lifted", IDs: ofContact, Data: []string{"rule", "kind"}, Says: "A rule was lifted."},
	{Name: "ticket.created", IDs: ofContact, Data: []string{"ticket", "channel"}, Says: "The blocked list has a new ticket."},
	{Name: "ticket.opened", IDs: ofContact, Data: []string{"ticket", "channel"}, Says: "Somebody looked into a ticket first since something came into it."},
	{Name: "ticket.released", IDs: ofContact, Data: []string{"ticket", "channel", "job"}, Says: "The last message of a ticket was released; what another rule still holds comes as held again."},
	{Name: "ticket.deleted", IDs: ofContact, Data: []string{"ticket", "channel", "job"}, Says: "The last message of a ticket was deleted, by a job or by retention."},
}

var workEvents = []EventType{
	{Name: "job.started", Data: ofJob, Says: "A job was ordered, or taken up again."},
	{Name: "job.done", Data: ofJob, Says: "A job has done all its work."},
	{Name: "job.failed", Data: append([]string{"error"}, ofJob...), Says: "A job gave up: see what the database says, then retry it."},
	{Name: "job.cancelled", Data: ofJob, Says: "A job was ended before its work was done."},
	{Name: "endpoint.disabled", Data: []string{"endpoint", "reason"}, Says: "Nothing is posted to an endpoint any more: it answered 410, or failed for a day."},
	{Name: "retention.coming", Data: keptClasses, Says: "Once a day: how much will be past its time within a week, by class; held messages by reason."},
	{Name: "retention.deleted", Data: keptClasses, Says: "What was past its time was deleted: how much, by class; held messages by reason."},
	{Name: "receipt.sent", IDs: ofConversation, Data: receiptKeys, Says: "The provider gave to the network what the desk sent."},
	{Name: "receipt.delivered", IDs: ofConversation, Data: receiptKeys, Says: "What the desk sent reached the device."},
	{Name: "receipt.read", IDs: ofConversation, Data: receiptKeys, Says: "What the desk sent was opened."},
	{Name: "receipt.failed", IDs: ofConversation, Data: receiptKeys, Says: "What the desk sent will never arrive."},
}

var keptClasses = []string{ClassHeld, ClassConversed, ClassRaw, ClassDead, ClassAudit}

var receiptKeys = []string{"channel", "id", "code", "at"}

var channelEvents = []EventType{
	{Name: "channel.added", Data: ofChannel, Says: "The configuration has a new channel."},
	{Name: "channel.renamed", Data: []string{"channel", "was"}, Says: "A channel has another name."},
	{Name: "channel.retired", Data: ofChannel, Says: "A channel takes no more messages; its data stays."},
	{Name: "channel.reinstated", Data: ofChannel, Says: "A retired channel is in use again."},
	{Name: "channel.paused", Data: ofChannel, Says: "An administrator paused a channel."},
	{Name: "channel.resumed", Data: ofChannel, Says: "A paused channel goes on."},
	{Name: "channel.authorised", Data: ofChannel, Says: "A mailbox's owner granted access."},
	{Name: "channel.needs_reauth", Data: ofChannel, Says: "The provider refuses a channel's credentials."},
	{Name: "channel.ok", Data: ofChannel, Says: "A channel that was in trouble works."},
	{Name: "channel.failing", Data: ofChannel, Says: "A channel's source or socket cannot be reached or used."},
	{Name: "channel.rejecting", Data: ofChannel, Says: "All requests to a channel's hook are refused."},
	{Name: "channel.silent", Data: ofChannel, Says: "Nothing comes although something should."},
	{Name: "channel.history", Data: []string{"channel", "backfill", "count"}, Says: "An import or an order to back-fill has brought history, of which nothing else is told: read anew what you keep a copy of."},
	{Name: "channel.unknown", Data: []string{"channel", "from", "until", "why"}, Says: "For some hours it is not known what a provider had to say, and it cannot be asked."},
}

var alertKeys = []string{"alert", "kind", "subject", "channel", "count", "since", "says", "do"}

var alertEvents = []EventType{
	{Name: "alert.raised", Data: alertKeys, Says: "Something is wrong that somebody has to mend: says tells what, do what to do."},
	{Name: "alert.reminded", Data: alertKeys, Says: "It is still wrong, a day later or as the setting alert_remind says."},
	{Name: "alert.cleared", Data: alertKeys, Says: "It is over."},
}

var passingEvents = []EventType{
	{Name: "visitor.typing", IDs: ofConversation, Data: []string{"channel", "visitor_id"}, Passes: true, Says: "A visitor types, at this moment."},
	{Name: "visitor.page", IDs: ofConversation, Data: []string{"channel", "visitor_id", "page"}, Passes: true, Says: "A visitor looks at a page."},
}

// EventsNamed are the types that a list of names means, in which "message.*" is
// all of a group and "*" all there are; nil for an empty list. It is invalid to
// name what no event is called.
func EventsNamed(names []string) ([]string, error) {
	var types []string
	for _, name := range names {
		before := len(types)
		for _, t := range EventTypes {
			if t.Named(name) {
				types = append(types, t.Name)
			}
		}
		if len(types) == before {
			return nil, AsInvalid(fmt.Errorf("types: no event is called %q: name types as message.held, groups as message.*, or *", name))
		}
	}
	slices.Sort(types)
	return slices.Compact(types), nil
}

// CheckPosted says which of a list of names no endpoint could ever be told of:
// no event is called so, or only those that are in no log.
func CheckPosted(names []string) error {
	for _, name := range names {
		if _, err := EventsNamed([]string{name}); err != nil {
			return err
		}
		if !slices.ContainsFunc(EventTypes, func(t EventType) bool { return t.Named(name) && !t.Passes }) {
			return AsInvalid(fmt.Errorf("types: %q reaches only who follows the stream at that moment: leave it out", name))
		}
	}
	return nil
}

// Named reports whether a name, in which "message.*" and "*" mean several, means
// the type.
func (t EventType) Named(name string) bool {
	group, all := strings.CutSuffix(name, "*")
	return t.Name == name || all && (group == "" || strings.HasSuffix(group, ".")) && strings.HasPrefix(t.Name, group)
}
