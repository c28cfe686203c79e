package ingest

import (
	"fmt"
	"time"
)

// JobErase deletes all that is stored of a person.
const JobErase JobKind = "erase"

// ErrErased says that a contact was erased: nothing is left to be changed.
var ErrErased = fmt.Errorf("the contact was erased: %w", ErrConflict)

// EraseOrder asks for a person to be erased: the contact, and whoever it is
// merged with.
type EraseOrder struct {
	Contact ID
	Reason  string // a code: the number of a request, not a person's name
	Actor   string
}

// What an erasure deletes, by class: the keys of its counts.
const (
	ErasedConversed     = "messages_conversed"
	ErasedHeld          = "messages_held"
	ErasedDead          = "messages_dead"
	ErasedRefused       = "refusals" // messages that a ban refused: who sent them
	ErasedRaw           = "raw_bytes"
	ErasedFiles         = "files" // that messages named and that were fetched
	ErasedFileBytes     = "file_bytes"
	ErasedConversations = "conversations" // emptied: a placeholder for each message, and the counts, stay
	ErasedContacts      = "contacts"      // emptied
	ErasedIdentities    = "identities"
	ErasedClaims        = "claims" // others who once gave one of the addresses for theirs
	ErasedNotes         = "notes"
	ErasedRules         = "rules"    // of whose addresses only hashes are left
	ErasedOpts          = "opt_outs" // likewise
	ErasedParticipants  = "participations"
	ErasedOutgoing      = "outgoing"          // what the desk registered as sent
	ErasedRefusedHooks  = "refused_requests"  // heads of requests that named an address
	ErasedRequests      = "repeated_requests" // what requests with an Idempotency-Key came to
	ErasedMerges        = "merges"            // and what they would need to be undone
	ErasedExports       = "exports"
	ErasedDossiers      = "dossiers"
)

// Erasure is a person's erasure, and when it is finished its certificate.
type Erasure struct {
	ID         int64          `json:"id,string"`
	Job        int64          `json:"job,string"`
	Contact    ID             `json:"contact_id"`
	State      JobState       `json:"state"`
	AskedBy    string         `json:"asked_by"`
	AskedAt    time.Time      `json:"asked_at"`
	FinishedAt *time.Time     `json:"finished_at"`
	Counts     map[string]int `json:"counts"`
	// Certificate is what was signed, octet for octet; Hash its SHA-256, Signature
	// its Ed25519 signature (RFC 8032) by PublicKey, all in hexadecimal digits.
	Certificate string `json:"certificate"`
	Hash        string `json:"hash"`
	Signature   string `json:"signature"`
	PublicKey   string `json:"public_key"`
}

// Certificate says what an erasure did. It holds no personal data, and stays for
// ever.
type Certificate struct {
	Erasure    int64          `json:"erasure,string"`
	Contacts   []ID           `json:"contacts"`
	Reason     string         `json:"reason"`
	AskedBy    string         `json:"asked_by"`
	AskedAt    time.Time      `json:"asked_at"`
	FinishedAt time.Time      `json:"finished_at"`
	Addresses  []string       `json:"addresses"` // keyed hashes of those by which the person was known
	Removed    map[string]int `json:"removed"`
	Stays      []Stays        `json:"stays"`
}

// Stays is something that an erasure leaves, and why.
type Stays struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// LeftByErasure lists what an erasure leaves, whoever it was of.
func LeftByErasure() []Stays {
	return []Stays{
		{"placeholders of messages", "a conversation keeps the number of its messages and when they came, so that the books agree; no content, no sender"},
		{"hashes of providers' ids", "a message that the provider or the mailbox gives again must not be stored again; the hash says nothing of the person"},
		{"rules on the person's addresses, as keyed hashes", "who is banned or blocked stays so when the address writes again; the address cannot be read from the hash"},
		{"opt-outs, as keyed hashes", "who asked to be written to no more must not be written to"},
		{"ids in the audit, in events and in jobs", "the audit is kept whole; an id leads to nothing any more, and events go after their time"},
		{"messages of other people", "what others wrote is theirs, even where it quotes this person or names them among its recipients"},
		{"unreadable messages whose sender is not known", "nobody can tell whose they are: administrators look through the dead messages"},
		{"counts by hash that limit floods", "they go by themselves when their stretch of time ends"},
		{"mail at its source", "the mailbox still has it: delete it there"},
		{"what the providers keep", "providers of SMS and chats keep their own copies: ask them"},
		{"backups of the database", "a backup from before still has everything until it goes"},
	}
}
