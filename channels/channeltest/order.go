package channeltest

import (
	"context"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Order is an order to fetch again that a test makes up. What was taken is
// wanted no more.
type Order struct {
	In    *Session                     // moves the cursor
	Want  func(key string) ingest.Want // nil: all is Unheard
	Meant func(ingest.Message) bool    // nil: everybody is
	Fail  func(ingest.Batch) error     // nil: nothing fails
	From  time.Time                    // Since
	Large bool                         // Whole
	Afar  bool                         // Careful

	Taken []ingest.Arrival
	Moves []ingest.Move
	Left  map[string]int
	keys  map[string]bool
}

var _ channels.Order = (*Order)(nil)

// Wants asks Want.
func (o *Order) Wants(_ context.Context, keys []string) ([]ingest.Want, error) {
	wants := make([]ingest.Want, len(keys))
	for i, key := range keys {
		switch {
		case o.keys[key]:
		case o.Want == nil:
			wants[i] = ingest.Unheard
		default:
			wants[i] = o.Want(key)
		}
	}
	return wants, nil
}

// Means asks Meant.
func (o *Order) Means(_ context.Context, m ingest.Message) (bool, error) {
	return o.Meant == nil || o.Meant(m), nil
}

// Take notes what came, unless Fail refuses it, and moves the cursor.
func (o *Order) Take(ctx context.Context, b ingest.Batch) error {
	if o.Fail != nil {
		if err := o.Fail(b); err != nil {
			return err
		}
	}
	if _, err := o.In.Receive(ctx, ingest.Batch{Move: b.Move}); err != nil {
		return err
	}
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	for _, a := range b.Arrivals {
		o.Taken = append(o.Taken, a)
		o.keys[a.Keys[0]] = true
	}
	o.Moves = append(o.Moves, *b.Move)
	return nil
}

// Leave counts.
func (o *Order) Leave(why string) {
	if o.Left == nil {
		o.Left = map[string]int{}
	}
	o.Left[why]++
}

// Since is From.
func (o *Order) Since() time.Time { return o.From }

// Whole is Large.
func (o *Order) Whole() bool { return o.Large }

// Careful is Afar.
func (o *Order) Careful() bool { return o.Afar }
