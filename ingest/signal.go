package ingest

// Signal is something about a visitor that passes: they type, they look at a
// page. It is told to whoever follows the events at that moment, and is stored
// nowhere.
type Signal struct {
	Channel string
	Type    string     // one of the two below
	By      []Identity // the visitor's; the first names them
	Page    *Page      // that they look at, of SignalPage
}

// The types of signals. Their events are called visitor.typing and visitor.page.
const (
	SignalTyping = "typing"
	SignalPage   = "page"
)
