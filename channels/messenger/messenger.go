// Package messenger takes what somebody writes to a page on Facebook's Messenger, from its
// webhook (developers.facebook.com/docs/messenger-platform/webhooks).
//
// People are known by an id that is theirs with this app alone. Their names are
// not in what the network sends.
package messenger

import "gatehouse/channels/meta"

// Kind is Messenger.
var Kind = meta.Network{
	Name: "messenger", Object: "page", Place: "Messenger",
	Fields: "messages, messaging_postbacks, message_reactions, message_edits, message_deliveries, message_reads",
}.Kind()
