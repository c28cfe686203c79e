package httpapi_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Examples keep two elements of a list, and of a text so many bytes.
const (
	keptElements = 2
	keptText     = 400
)

// What differs from run to run: ids, times, and what is random or signed.
var (
	anID     = regexp.MustCompile(`\b01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b`)
	aTime    = regexp.MustCompile(`\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
	anEvent  = regexp.MustCompile(`^\d{3,}-\d+$`)
	atRandom = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)
	isRandom = regexp.MustCompile(`[0-9].*[A-Za-z]|[A-Za-z].*[0-9]`)
)

// mask exchanges what is found in one answer for what is the same in each run:
// the n-th id for the n-th of ours, times for times in the same order.
type mask struct {
	ids, random []string
	times       []time.Time
}

// masked is an answer as an example.
func masked(v any) any {
	var m mask
	m.look(v)
	slices.SortFunc(m.times, time.Time.Compare)
	m.times = slices.CompactFunc(m.times, time.Time.Equal)
	return m.change(v)
}

func (m *mask) look(v any) {
	switch x := v.(type) {
	case map[string]any:
		for _, e := range x {
			m.look(e)
		}
	case []any:
		for _, e := range x {
			m.look(e)
		}
	case string:
		for _, s := range aTime.FindAllString(x, -1) {
			if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
				m.times = append(m.times, at)
			}
		}
	}
}

func (m *mask) change(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out, names := map[string]any{}, make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		slices.Sort(names) // so that the first id is the same one each time
		for _, name := range names {
			out[name] = m.change(x[name])
		}
		return out
	case []any:
		out := make([]any, 0, keptElements)
		for _, e := range x[:min(len(x), keptElements)] {
			out = append(out, m.change(e))
		}
		return out
	case string:
		return m.text(x)
	}
	return v
}

func (m *mask) text(s string) string {
	if anEvent.MatchString(s) {
		return "1207-" + s[strings.IndexByte(s, '-')+1:]
	}
	s = aTime.ReplaceAllStringFunc(s, m.time)
	s = atRandom.ReplaceAllStringFunc(s, func(found string) string {
		switch {
		case anID.MatchString(found):
			return fmt.Sprintf("01993a5e-0000-7000-8000-%012d", place(&m.ids, found))
		case isRandom.MatchString(found):
			return fmt.Sprintf("ExampleOfRandomText%d", place(&m.random, found))
		}
		return found
	})
	if len(s) > keptText {
		s = strings.ToValidUTF8(s[:keptText], "") + "…"
	}
	return s
}

func (m *mask) time(s string) string {
	at, err := time.Parse(time.RFC3339Nano, s)
	n, known := slices.BinarySearchFunc(m.times, at, time.Time.Compare)
	if err != nil || !known {
		return s
	}
	return time.Date(2026, 1, 5, 9, 30, n, 0, time.UTC).Format("2006-01-02T15:04:05.000Z")
}

// place is where a string stands in a list, from 1; it is put there if it is new.
func place(list *[]string, s string) int {
	if i := slices.Index(*list, s); i >= 0 {
		return i + 1
	}
	*list = append(*list, s)
	return len(*list)
}

// wealth is how much an example shows: how many of its fields have something
// in them. One that is too long to be read is poor.
func wealth(v any) int {
	fields := map[string]bool{}
	count(v, "", fields)
	if b, _ := json.Marshal(v); len(b) > 4000 {
		return 0
	}
	return len(fields)
}

func count(v any, path string, fields map[string]bool) {
	switch x := v.(type) {
	case map[string]any:
		for name, e := range x {
			count(e, path+"."+name, fields)
		}
	case []any:
		for _, e := range x {
			count(e, path+"[]", fields)
		}
	case string:
		if x != "" {
			fields[path] = true
		}
	case nil:
	default:
		fields[path] = true
	}
}
