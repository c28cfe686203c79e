package demo

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// teller tells people what happens.
type teller struct {
	w       io.Writer
	chapter int
}

// head begins a chapter.
func (t *teller) head(format string, args ...any) {
	t.chapter++
	fmt.Fprintf(t.w, "\n%d. %s\n", t.chapter, fmt.Sprintf(format, args...))
}

func (t *teller) say(format string, args ...any) { fmt.Fprintf(t.w, "   "+format+"\n", args...) }

// books prints the account as a table.
func (t *teller) books(acc Account) error {
	w := tabwriter.NewWriter(t.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "   channel\taccepted\tconversed\theld\trefused\tdead\tpurged\tin flight\t")
	for _, b := range acc.Channels {
		fmt.Fprintf(w, "   %s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", b.Name, b.Accepted, b.Conversed, b.Held, b.Refused, b.Dead, b.Purged, b.InFlight)
	}
	return w.Flush()
}
