// Package mailapi is what pollers of mailboxes behind a provider's HTTP API
// have in common: asking it with access tokens, taking over what is new, and
// comparing the mailbox with the books. An adapter says how its API is asked;
// see [Source].
//
// What is new is told by the API's own record of changes. It names a message
// again with each change of it (somebody read it), and all messages again when
// its record is too old; so the store is asked first which ids it knows, and
// nothing of those is fetched. The place reached moves only after all that lies
// before it is stored.
package mailapi
