package ingest

// Outgoing is what the desk sends in a conversation. Answers to a mail belong
// there, and so does a copy of it that comes in; of what goes by other channels
// the provider's reports do.
type Outgoing struct {
	Conversation ID
	MessageID    string // of a mail, without angle brackets; else the provider's id of it
	From         Identity
	To           []Identity // who else has a part in the conversation from now on; of mail alone
	Actor        string
}
