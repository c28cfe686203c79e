// Package behaviours proves, one by one, what help desks promise of bans,
// blocked tickets, chats, visitors and blacklists, on the built program:
// messages come in by the doors they have, and people act through the API. Of
// the tests' doc comments docs/behaviours.md is made. It is tests alone.
package behaviours
