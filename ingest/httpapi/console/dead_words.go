package console

import "gatehouse/ingest"

// deaths are why a message is a dead letter, and what to do about it.
var deaths = map[ingest.Reason]struct{ says, do string }{
	ingest.ReasonUnreadable: {"It could not be read.",
		"Look at it as it came. A newer version of Gatehouse may read it: try it again then. What nobody needs can be deleted."},
	ingest.ReasonKeyConflict: {"Its provider gave it the number of another message.",
		"Trying it again takes it in as a message of its own."},
	ingest.ReasonCrashed: {"Reading it ended the program three times.",
		"Leave it until Gatehouse is renewed, then try it again. Whoever looks after Gatehouse will want to see it."},
	ingest.ReasonRejected: {"The database refused what is in it.",
		"Try it again after Gatehouse is renewed, or delete it."},
	ingest.ReasonUnsettled: {"Deciding where it belongs failed.",
		"Try it again. If it comes back here, whoever runs Gatehouse looks at the log."},
}

// Died says why a message could not be taken in.
func (f frame) Died(r ingest.Reason) string {
	if d, ok := deaths[r]; ok {
		return d.says
	}
	return "It could not be taken in."
}

// Cure says what to do about it.
func (f frame) Cure(r ingest.Reason) string { return deaths[r].do }

// Deaths are the reasons that dead letters may be chosen by.
func (f frame) Deaths() []way {
	return []way{{"", "any reason"}, {string(ingest.ReasonUnreadable), "it could not be read"}, {string(ingest.ReasonKeyConflict), "its number was taken"},
		{string(ingest.ReasonCrashed), "reading it crashed"}, {string(ingest.ReasonRejected), "the database refused it"}, {string(ingest.ReasonUnsettled), "deciding failed"}}
}
