package ingest

// JobDossier makes a dossier: one ZIP of all that is stored of a person.
const JobDossier JobKind = "dossier"

// DossierReadme is what a dossier says of itself, for the person it is of.
const DossierReadme = `This is all that is stored here of one person: of the contact, and of the contacts it was merged with.
The files *.json are as they are stored, times are in UTC. Long numbers in hexadecimal digits (\x...) are hashes.

contacts.json          who the person is here: names, tags, fields, whether a second look or a legal hold was asked for
identities.json        their addresses, and how each is known
claims.json            where somebody else once gave one of these addresses as theirs
notes.json             what the desk noted of them
rules.json             rules that name them, also lifted ones
opts.json              where they asked to be written to no more, or again
merges.json            merges with other contacts, and those undone
links.json             contacts that were thought to be the same person, whether merged or not
tickets.json           what of them was held, by channel
participations.json    the numbers of conversations in which others wrote to them
outgoing.json          when the desk wrote to them: hashes, since the texts are not here
refused_requests.json  heads of requests that were refused and named an address of theirs
conversations/N.json   conversation N, and what they wrote in it; of one that began with somebody else only what they wrote
messages/STATE.json    what is in no conversation: received (not decided), held, refused (only who sent it), dead (unreadable), purged
                       (only that it was); trail is how it was decided, moves what became of it after that
*.txt                  the same to read
raw/ID.eml             mail as it came, with its attachments
raw/ID.bin             other messages as they came
files/ID-INDEX.bin     files that message ID names; its attachments say which, and how they were called
events.json            what other programs were told: ids and codes
audit.json             who did what with them and their messages: ids and codes
jobs.json              work that was ordered for them

In the .json the html is as it was sent: open it in nothing that fetches what it names. A message without a text in its .json has it
in raw/.

Not here:
- messages of other people, also where they name this person or stand in a conversation with them
- the texts that the desk wrote to them: they are kept where they were sent from
- unreadable messages of which nobody knows whose they are
- parts of a message that wait for the others, ten minutes at most
- what is made of the above and goes with it: search texts, counts that limit floods, hashes that recognise repeats, answers to repeated
  requests, other exports
- certificates of erasures, which hold ids and keyed hashes alone
- what mailboxes and providers keep, and backups of the database
`
