package backfill

import (
	"context"

	"gatehouse/channels"
)

// maxRoom is how many octets of the process's budget one look takes at most.
const maxRoom = 16 << 20

// room is what one look holds of the process's budget: one hold at a time, or
// two looks that each wait for more would wait for each other. One page is held
// as it is; with a second one the room is taken that any number may fill.
type room struct {
	in         channels.Session
	size, used int64
	release    func()
}

// add makes room for n octets more; full says that it is time to make room.
func (r *room) add(ctx context.Context, n int64) (full bool, err error) {
	if r.used += n; r.used <= r.size {
		return r.used > maxRoom/2, nil
	}
	size := n
	if r.size > 0 {
		size = max(maxRoom, r.used)
	}
	used := r.used
	r.free()
	if r.release, err = r.in.Hold(ctx, size); err != nil {
		return false, err
	}
	r.size, r.used = size, used
	return r.used > maxRoom/2, nil
}

// free gives everything back.
func (r *room) free() {
	if r.release != nil {
		r.release()
	}
	r.size, r.used, r.release = 0, 0, nil
}
