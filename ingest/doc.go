// Package ingest is the language of Gatehouse: what a message, a sender, a
// rule, a decision and a conversation are, which states follow which, and how
// addresses are made canonical. It does no I/O and imports only the standard
// library and golang.org/x/{net/idna,text}; every other package speaks in its
// words and never the other way round.
//
// A message comes in as an [Arrival], is stored as received, and is decided
// once: into a conversation, into the blocked list, or refused. What a
// [Decision] rests on is all in the [Message] and its [Facts].
package ingest
