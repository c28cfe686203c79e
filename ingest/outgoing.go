package ingest

// Outgoing is a mail that the desk sends in a conversation. Answers to it
// belong there, and so does a copy of it that comes in.
type Outgoing struct {
	Conversation ID
	MessageID    string // without angle brackets
	From         Identity
	To           []Identity // who else has a part in the conversation from now on
	Actor        string
}
