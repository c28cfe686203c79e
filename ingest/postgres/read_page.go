package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// planned has a list's statement planned with its parameters: filters that were
// not given fold away, and each combination gets its own plan.
const planned = pgx.QueryExecModeCacheDescribe

func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// mark is a place in a list: the sort key of an item. Lists are sorted by one
// or two of its fields; the others stay zero.
type mark struct {
	At time.Time `json:"t,omitzero"`
	N  int64     `json:"n,omitzero"`
	ID ingest.ID `json:"i,omitzero"`

	Key string `json:"k,omitempty"` // of a group
}

var errCursor = errors.New("cursor: not one that this list gave")

func (m mark) String() string {
	b, _ := json.Marshal(m) // times, numbers and ids always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// after reads a cursor; nil is the beginning of a list.
func after(cursor string) (*mark, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, ingest.AsInvalid(errCursor)
	}
	var m mark
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, ingest.AsInvalid(errCursor)
	}
	return &m, nil
}

// The parts of a mark as parameters: null at the beginning of a list.
func (m *mark) at() *time.Time {
	if m == nil {
		return nil
	}
	return &m.At
}

func (m *mark) n() *int64 {
	if m == nil {
		return nil
	}
	return &m.N
}

func (m *mark) id() ingest.ID {
	if m == nil {
		return ingest.ID{}
	}
	return m.ID
}

// marks runs a list's statement, which asks for one row more than limit, and
// returns the marks of the rows and whether more follow. A row is its fields
// of a mark.
func marks(ctx context.Context, q querier, limit int, row func(*mark) []any, sql string, args ...any) ([]mark, bool, error) {
	rows, err := q.Query(ctx, sql, append([]any{planned}, args...)...)
	if err != nil {
		return nil, false, err
	}
	var m mark
	var list []mark
	_, err = pgx.ForEachRow(rows, row(&m), func() error {
		list = append(list, m)
		return nil
	})
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// lookedAt is how many rows a part of a list may look at where no index knows
// its filter. Then the part ends with what was found, and says where to go on.
const lookedAt = 20_000

// walk is marks for a statement that looks at so many rows at most. Its rows
// end in true, but for one in false: where the part ended because of that.
func walk(ctx context.Context, q querier, limit int, row func(*mark) []any, sql string, args ...any) (list []mark, more bool, end *mark, err error) {
	rows, err := q.Query(ctx, sql, append([]any{planned}, args...)...)
	if err != nil {
		return nil, false, nil, err
	}
	var m mark
	var found bool
	_, err = pgx.ForEachRow(rows, append(row(&m), &found), func() error {
		switch {
		case found:
			list = append(list, m)
		case !m.ID.IsZero():
			end = &mark{At: m.At, N: m.N, ID: m.ID}
		}
		return nil
	})
	if len(list) > limit {
		return list[:limit], true, nil, err
	}
	return list, false, end, err
}

// goOn lets a part that has no next one go on behind what was looked at.
func goOn[T any](l ingest.List[T], end *mark) ingest.List[T] {
	if l.Next == "" && end != nil {
		l.Next = end.String()
	}
	return l
}

func byID(m *mark) []any     { return []any{&m.ID} }
func byN(m *mark) []any      { return []any{&m.N} }
func byTimeID(m *mark) []any { return []any{&m.At, &m.ID} }
func byLikely(m *mark) []any { return []any{&m.N, &m.At, &m.ID} }

func idsOf(list []mark) []ingest.ID {
	ids := make([]ingest.ID, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	return ids
}

func numbersOf(list []mark) []int64 {
	ns := make([]int64, len(list))
	for i, m := range list {
		ns[i] = m.N
	}
	return ns
}

// listed makes a part of a list of its items; marks may be longer than items
// when a part was cut short.
func listed[T any](items []T, list []mark, more bool) ingest.List[T] {
	l := ingest.List[T]{Items: items}
	if items == nil {
		l.Items = []T{}
	}
	if len(items) > 0 && (more || len(list) > len(items)) {
		l.Next = list[len(items)-1].String()
	}
	return l
}

// given is null for a filter that was not given.
func given[T ~string](v T) *string {
	if v == "" {
		return nil
	}
	s := text(string(v))
	return &s
}

// like is a pattern for ilike that finds s anywhere; nil for "".
func like(s string) *string {
	if s == "" {
		return nil
	}
	p := "%" + likeEscaper.Replace(text(s)) + "%"
	return &p
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// one returns the only item of a list, or ErrNotFound that names it.
func one[T any](list []T, err error, what string, id any) (T, error) {
	var zero T
	if err != nil {
		return zero, err
	}
	if len(list) == 0 {
		return zero, fmt.Errorf("%s %v: %w", what, id, ingest.ErrNotFound)
	}
	return list[0], nil
}
