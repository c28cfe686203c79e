package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// fates are what may have become of a message, from the bottom of a plot to its
// top. Each has a colour and a pattern in the style sheet and the page's defs.
var fates = []fate{
	{"conversed", "In conversations", func(h ingest.HourAccount) int64 { return h.Conversed }},
	{"held", "Held", func(h ingest.HourAccount) int64 { return h.Held }},
	{"refused", "Refused by a ban", func(h ingest.HourAccount) int64 { return h.Refused }},
	{"dead", "Could not be read", func(h ingest.HourAccount) int64 { return h.Dead }},
	{"purged", "Deleted", func(h ingest.HourAccount) int64 { return h.Purged }},
	{"flight", "On their way", func(h ingest.HourAccount) int64 { return h.InFlight }},
}

type fate struct {
	Code, Name string
	of         func(ingest.HourAccount) int64
}

// bar is an hour of a plot.
type bar struct {
	From  time.Time
	Came  int64
	Parts []int64 // by fate
}

// plot is what came in some hours and what became of it, stacked. Lengths are in
// the units of its viewBox.
type plot struct {
	ID   string // of the parts of the page that it is made of
	Of   string // what it is of
	Bars []bar
	High int
}

const barWide = 10 // of which the last two stay empty

// plotOf makes a plot of the hours from a moment until another.
func plotOf(id, of string, from, to time.Time, channels []httpapi.ChannelHours, zone *time.Location) plot {
	p := plot{ID: id, Of: of, High: 100}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		p.Bars = append(p.Bars, bar{From: at.In(zone), Parts: make([]int64, len(fates))})
	}
	for _, c := range channels {
		for _, h := range c.Hours {
			if i := int(h.Hour.Sub(from) / time.Hour); i >= 0 && i < len(p.Bars) {
				p.Bars[i].add(h)
			}
		}
	}
	return p
}

func (b *bar) add(h ingest.HourAccount) {
	b.Came += h.Accepted
	for i, f := range fates {
		b.Parts[i] += max(0, f.of(h))
	}
}

// Wide is the width of the whole.
func (p plot) Wide() int { return barWide * len(p.Bars) }

// Top is the number that the height stands for: round, and no less than the
// largest bar.
func (p plot) Top() int64 {
	var most int64 = 1
	for _, b := range p.Bars {
		most = max(most, b.Came)
	}
	for unit := int64(1); ; unit *= 10 {
		for _, step := range []int64{1, 2, 4, 5, 10} {
			if step*unit >= most {
				return max(2, step*unit)
			}
		}
	}
}

// Half is what the middle line stands for.
func (p plot) Half() int64 { return p.Top() / 2 }

// part is one fate in a plot.
type part struct {
	Code, Name string
	N          int64
	Shape      string // an SVG path of its parts of all bars
}

// Parts are the fates that anything came to.
func (p plot) Parts() (list []part) {
	for i, f := range fates {
		if s := p.part(i); s.N > 0 {
			s.Code, s.Name = f.Code, f.Name
			list = append(list, s)
		}
	}
	return list
}

func (p plot) part(i int) (s part) {
	var path strings.Builder
	top := float64(p.Top())
	for n, b := range p.Bars {
		var below int64
		for _, under := range b.Parts[:i] {
			below += under
		}
		s.N += b.Parts[i]
		foot, head := p.y(float64(below)/top), p.y(float64(below+b.Parts[i])/top)
		if foot > head {
			fmt.Fprintf(&path, "M%d %sv%sh%dv%sz", n*barWide+1, tenths(foot), tenths(head-foot), barWide-2, tenths(foot-head))
		}
	}
	s.Shape = path.String()
	return s
}

// y is how far from the upper edge a share of the height is, in tenths.
func (p plot) y(share float64) int { return int(float64(10*p.High)*(1-share) + .5) }

// tenths writes a length.
func tenths(n int) string { return strconv.FormatFloat(float64(n)/10, 'g', -1, 64) }

// Came is how many came in all.
func (p plot) Came() (n int64) {
	for _, b := range p.Bars {
		n += b.Came
	}
	return n
}

// Busy are the hours in which something came, the latest first.
func (p plot) Busy() (list []bar) {
	for i := len(p.Bars) - 1; i >= 0; i-- {
		if p.Bars[i].Came > 0 {
			list = append(list, p.Bars[i])
		}
	}
	return list
}

// Says is the plot in one sentence.
func (p plot) Says() string {
	if p.Came() == 0 {
		return fmt.Sprintf("Nothing came in the last %d hours.", len(p.Bars))
	}
	return fmt.Sprintf("%s came in the last %d hours: %s.", count(int(p.Came()), "message"), len(p.Bars), said(p.Parts()))
}

// said lists what became of how many: "3 in conversations, 1 held".
func said(parts []part) string {
	var list []string
	for _, s := range parts {
		list = append(list, thousands(s.N)+" "+lower(s.Name))
	}
	return strings.Join(list, ", ")
}

// Labels name four moments along the axis, in the reader's zone.
func (p plot) Labels() (list []string) {
	for i := 0; i < len(p.Bars); i += max(1, len(p.Bars)/4) {
		text := p.Bars[i].From.Format("15:04")
		if len(p.Bars) > 24 {
			text = p.Bars[i].From.Format("Mon 15:04")
		}
		list = append(list, text)
	}
	return list
}

// Hour is an hour as its beginning and end.
func (b bar) Hour() string {
	return b.From.Format("Mon 15:04") + " to " + b.From.Add(time.Hour).Format("15:04")
}

// Fates are what a table of hours has columns for.
func (p plot) Fates() []fate { return fates }
