// Package instagram takes what somebody writes to a professional account on Instagram, from its
// webhook (developers.facebook.com/docs/messenger-platform/webhooks).
//
// People are known by an id that is theirs with this app alone. Their names are
// not in what the network sends.
package instagram

import "gatehouse/channels/meta"

// Kind is Instagram.
var Kind = meta.Network{
	Name: "instagram", Object: "instagram", Place: "Instagram",
	Fields: "messages, messaging_postbacks, message_reactions, message_edit",
}.Kind()
