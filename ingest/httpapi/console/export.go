package console

import "gatehouse/ingest"

var exportPages = []page{
	{pattern: "GET /exports", show: lists[ingest.Export]("exports", "/exports")},
}

// exported are files in words.
var exported = map[ingest.ExportWhat]string{ingest.ExportContacts: "Contacts", ingest.ExportHeld: "Held messages", ingest.ExportDossier: "All that is stored of a person"}

// Exported is what is in a file, in words.
func (f frame) Exported(what ingest.ExportWhat) string { return exported[what] }

// Making reports whether a file is still being made.
func (f frame) Making(e ingest.Export) bool {
	return e.State == ingest.ExportState(ingest.JobQueued) || e.State == ingest.ExportState(ingest.JobRunning)
}
