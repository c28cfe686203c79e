package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// waiting reads parts as "1a 2b": number and content, one a second.
func waiting(total int, text string) (list []StoredPart) {
	for i, f := range strings.Fields(text) {
		at := time.Unix(int64(i), 0)
		list = append(list, StoredPart{ID: NewID(at), Number: int(f[0] - '0'), Total: total, Content: Sum(f[1:]), At: at, Raw: []byte(f)})
	}
	return list
}

func told(sets []PartSet) string {
	var out []string
	for _, s := range sets {
		var raw []string
		for _, p := range s.Parts {
			raw = append(raw, string(p.Raw))
		}
		says := strings.Join(raw, "+")
		if s.Late {
			says += " late"
		} else if m := s.Missing(); m != nil {
			says += fmt.Sprint(" without ", m)
		}
		if s.Twins != nil {
			says += fmt.Sprintf(" %d twins", len(s.Twins))
		}
		out = append(out, says)
	}
	return strings.Join(out, ", ")
}

func TestGather(t *testing.T) {
	for _, c := range []struct {
		says, waiting string
		total         int
		lost          []int
		after         time.Duration // of the first part
		want          string
		still         []int
	}{
		{"nothing", "", 2, nil, 0, "", nil},
		{"out of order", "3c 1a 2b", 3, nil, 0, "1a+2b+3c", nil},
		{"one of one", "1a", 1, nil, 0, "1a", nil},
		{"not yet whole", "1a 3c", 3, nil, PartsWait - 1, "", nil},
		{"its time is over", "3c 1a", 3, nil, PartsWait, "1a+3c without [2]", []int{2}},
		{"a part twice", "1a 1a 2b", 2, nil, 0, "1a+2b 1 twins", nil},
		{"the reference again, after a whole message", "1a 2b 1x", 2, nil, 0, "1a+2b", nil},
		{"the reference again, after a lost part", "1a 1x 2y", 2, nil, 0, "1x+2y", nil},
		{"and the lost part's message", "1a 1x 2y", 2, nil, PartsWait, "1x+2y, 1a without [2]", []int{2}},
		{"late", "2b", 2, []int{2}, 0, "2b late", nil},
		{"late, of two", "3c", 3, []int{2, 3}, 0, "3c late", []int{2}},
		{"not what was lost", "1x", 2, []int{2}, 0, "", []int{2}},
		{"the reference again, after a message without 2", "1x 2y", 2, []int{2}, 0, "1x+2y", []int{2}},
		{"late twice with other words", "2b 2c", 2, []int{2}, 0, "2b late", nil},
	} {
		lost := slices.Clone(c.lost)
		ready, still := Gather(waiting(c.total, c.waiting), lost, time.Unix(0, 0).Add(c.after))
		if got := told(ready); got != c.want || fmt.Sprint(still) != fmt.Sprint(c.still) {
			t.Errorf("%s: %q and %v are lost, want %q and %v", c.says, got, still, c.want, c.still)
		}
		if !slices.Equal(lost, c.lost) {
			t.Errorf("%s: what the caller knows is lost has changed: %v", c.says, lost)
		}
	}
}

// TestGatherLosesNoPart gathers all that random parts give, late ones included.
func TestGatherLosesNoPart(t *testing.T) {
	parts := waiting(3, "1a 3c 1b 2d 2e 1f 1f 3g 3h 2i 2i")
	seen := map[ID]int{}
	ready, _ := Gather(parts, []int{2}, time.Unix(0, 0).Add(2*PartsWait))
	for _, set := range ready {
		for _, id := range set.IDs() {
			seen[id]++
		}
	}
	for _, p := range parts {
		if seen[p.ID] != 1 {
			t.Errorf("part %s is in %d messages", p.Raw, seen[p.ID])
		}
	}
}

func TestPartCheck(t *testing.T) {
	for _, c := range []struct {
		part PartOf
		size int
		want bool
	}{
		{PartOf{"a", 1, 1}, 10, true}, {PartOf{"a", 255, 255}, MaxPartBytes, true},
		{PartOf{"", 1, 1}, 10, false}, {PartOf{"a", 0, 1}, 10, false}, {PartOf{"a", 2, 1}, 10, false},
		{PartOf{"a", 1, 256}, 10, false}, {PartOf{"a", 1, 1}, MaxPartBytes + 1, false},
	} {
		if err := c.part.Check(make([]byte, c.size)); (err == nil) != c.want || err != nil && !Invalid(err) {
			t.Errorf("%+v of %d octets: %v", c.part, c.size, err)
		}
	}
}
