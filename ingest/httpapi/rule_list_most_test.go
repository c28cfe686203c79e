package httpapi

import (
	"strings"
	"testing"
)

// Of a list that is too long no more is read than tells that it is, whatever its
// form: each entry takes a hundred times the memory of its bytes.
func TestALongListIsNotReadToItsEnd(t *testing.T) {
	for form, body := range map[string]string{
		listLines: strings.Repeat("{}\n", 5*maxRules),
		listCSV:   "kind,target\n" + strings.Repeat("a,b\n", 5*maxRules),
		listBlock: strings.Repeat("a ", 5*maxRules),
	} {
		_, list, err := readList(form, []byte(body))
		if err != nil || len(list) != maxRules+1 {
			t.Errorf("%s: %d entries, want %d: %v", form, len(list), maxRules+1, err)
		}
	}
}
