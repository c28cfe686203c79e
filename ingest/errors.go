package ingest

import "errors"

// The errors that callers tell apart. Use errors.Is.
var (
	ErrNotFound = errors.New("not found")
	ErrFenced   = errors.New("another poller holds this mailbox or has moved its cursor")
	ErrConflict = errors.New("conflict")
	ErrStands   = errors.New("the rule stands, and would refuse it again")
	ErrNothing  = errors.New("there is nothing to fetch")
)

type temporary struct{ error }

func (t temporary) Unwrap() error { return t.error }

// AsTemporary marks err as one where another try may help: the store is away,
// a lock was not to be had, a time-out.
func AsTemporary(err error) error {
	if err == nil {
		return nil
	}
	return temporary{err}
}

// Temporary reports whether another try may help.
func Temporary(err error) bool {
	var t temporary
	return errors.As(err, &t)
}

type invalid struct{ error }

func (i invalid) Unwrap() error { return i.error }

// AsInvalid marks err as caused by the data itself: no further try helps.
func AsInvalid(err error) error {
	if err == nil {
		return nil
	}
	return invalid{err}
}

// Invalid reports whether the data itself is at fault.
func Invalid(err error) bool {
	var i invalid
	return errors.As(err, &i)
}
