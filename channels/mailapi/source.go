package mailapi

import (
	"context"
	"errors"
	"time"
)

// Source is a mailbox behind an API. Errors are those of [Client], or:
var (
	// ErrReset says that the API knows a place no longer.
	ErrReset = errors.New("the record of changes does not reach back to where polling was")
	// ErrGone says that a message is there no longer.
	ErrGone = errors.New("the message is gone")
	// ErrLarge says that a message is larger than the room there was.
	ErrLarge = errors.New("the message is larger than was expected")
)

// Source is how an adapter asks its API. Folders are named as in the
// configuration. Its methods may be called at the same time.
type Source interface {
	// Look says in some words what the folder has.
	Look(ctx context.Context, folder string) (says string, err error)
	// Page is what came into a folder after a place. At "" it is what lies there;
	// what was received before since may be left out.
	Page(ctx context.Context, folder, place string, since time.Time) (Page, error)
	// All is every message of a folder. See Page for since.
	All(ctx context.Context, folder string, since time.Time) ([]Item, error)
	// Head is what can be known of a message without its body; ErrGone.
	Head(ctx context.Context, id string) (Head, error)
	// Whole is a message's bytes, at most room of them; ErrGone, ErrLarge.
	Whole(ctx context.Context, id string, room int64) ([]byte, error)
	// Touch does what `after` says to a message of the folder; ErrGone.
	Touch(ctx context.Context, folder, id string) error
}

// Page is a part of a folder's changes.
type Page struct {
	Items []Item
	Next  string // the place behind them
	More  bool   // there is more, now
}

// Item is a message that the API names.
type Item struct {
	ID    string    // never another message's, nor does it change
	At    time.Time // when the mailbox received it; zero: only Head tells
	Fresh bool      // it came into the folder just now, however old it is
}

// Head is what is known of a message before its body is read.
type Head struct {
	At     time.Time // when the mailbox received it
	Size   int64     // about, in octets; 0: the API does not say
	Header []byte    // as in the mail; nil: the API does not say
	Pass   bool      // no mail that came in: a draft, or in spam or trash
}
