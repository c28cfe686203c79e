package mailapi

import (
	"encoding/json"
	"fmt"
	"slices"
)

// maxDue is how many messages wait at most for what `after` says, should the
// API refuse it for long; the oldest are left as they are.
const maxDue = 500

// A cursor is the place reached in a folder, as the store keeps it.
type cursor struct {
	Place string   `json:"at,omitempty"`  // the API's own; "": from the beginning
	Due   []string `json:"due,omitempty"` // stored, but `after` is not yet done
}

func (c cursor) String() string {
	if c.Place == "" && len(c.Due) == 0 {
		return ""
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts always marshal
	}
	return string(b)
}

// parseCursor reads what String wrote; "" is the zero cursor.
func parseCursor(s string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		return c, fmt.Errorf("cursor: %w", err)
	}
	return c, nil
}

// owing is the cursor with more that is due.
func (c cursor) owing(ids []string) cursor {
	c.Due = append(slices.Clone(c.Due), ids...)
	c.Due = c.Due[max(len(c.Due)-maxDue, 0):]
	return c
}
