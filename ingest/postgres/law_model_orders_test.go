package postgres_test

import (
	"errors"
	"slices"

	"pgregory.net/rapid"

	"gatehouse/ingest"
)

// start enters a job, behind what is under way in its scope.
func (m *model) start(j *job) *job {
	j.state, j.epoch = ingest.JobRunning, m.epoch
	j.tickets, j.seen, j.listed = map[*ticket]bool{}, map[*message]int{}, map[*message]int{}
	if slices.ContainsFunc(m.jobs, func(k *job) bool { return k.scope == j.scope && !k.state.Ended() }) {
		j.state = ingest.JobQueued
	}
	m.jobs = append(m.jobs, j)
	return j
}

// order releases or deletes a ticket.
func (m *model) order(t *rapid.T) {
	held := m.held(func(*message) bool { return true })
	if len(held) == 0 {
		return
	}
	of := rapid.SampledFrom(held).Draw(t, "ticket of").ticket
	j := m.ordered(t, of.id, ingest.TicketOrder{Tickets: []ingest.ID{of.id}}, func(j *job) bool { return j.tickets[of] })
	j.tickets[of] = true
	for _, x := range held {
		if x.ticket == of {
			j.seen[x] = x.holds
		}
	}
}

// orderMessage releases or deletes one message, if it is held.
func (m *model) orderMessage(t *rapid.T) {
	if len(m.messages) == 0 {
		return
	}
	x := rapid.SampledFrom(m.messages).Draw(t, "message")
	o := ingest.TicketOrder{Messages: []ingest.ID{x.id}, Actor: "sam"}
	joined := func(j *job) bool { return j.listed[x] > 0 }
	if x.state != ingest.Held {
		live := slices.ContainsFunc(m.jobs, func(j *job) bool { return !j.state.Ended() && joined(j) })
		if _, err := m.w.replicas[0].DeleteTickets(ctx, o); !live && !errors.Is(err, ingest.ErrNotHeld) {
			t.Fatalf("order of a message that is %s: %v", x.state, err)
		}
		return
	}
	m.ordered(t, x.id, o, joined).listed[x] = x.holds
}

// ordered gives an order and returns the job that it starts or joins.
func (m *model) ordered(t *rapid.T, of ingest.ID, o ingest.TicketOrder, joins func(*job) bool) *job {
	kind, give := ingest.JobDelete, m.w.replicas[0].DeleteTickets
	if rapid.Bool().Draw(t, "release") {
		kind, give = ingest.JobRelease, m.w.replicas[0].ReleaseTickets
	}
	o.Actor = "sam"
	id, err := give(ctx, o)
	must(m.w.t, err)
	for _, j := range m.jobs {
		if !j.state.Ended() && j.kind == kind && joins(j) && (kind == ingest.JobDelete || j.epoch == m.epoch) {
			if j.id != id {
				t.Fatalf("a second %s got job %d, want %d", kind, id, j.id)
			}
			return j
		}
	}
	return m.start(&job{id: id, kind: kind, scope: "selection:" + of.String()})
}

func (m *model) someJob(t *rapid.T) *job {
	if len(m.jobs) == 0 {
		return nil
	}
	return rapid.SampledFrom(m.jobs).Draw(t, "job")
}

// cancel ends a job before its time.
func (m *model) cancel(t *rapid.T) {
	j := m.someJob(t)
	if j == nil {
		return
	}
	err := m.w.replicas[0].CancelJob(ctx, j.id, "sam")
	if wrong := errors.Is(err, ingest.ErrConflict) != (j.state == ingest.JobDone); wrong || err != nil && !errors.Is(err, ingest.ErrConflict) {
		t.Fatalf("cancel of a job that is %s: %v", j.state, err)
	}
	if !j.state.Ended() {
		j.state = ingest.JobCancelled
	}
}

// retry takes a job up again.
func (m *model) retry(t *rapid.T) {
	j := m.someJob(t)
	if j == nil {
		return
	}
	err := m.w.replicas[0].RetryJob(ctx, j.id, "sam")
	if wrong := errors.Is(err, ingest.ErrConflict) != (j.state == ingest.JobDone); wrong || err != nil && !errors.Is(err, ingest.ErrConflict) {
		t.Fatalf("retry of a job that is %s: %v", j.state, err)
	}
	if j.state == ingest.JobCancelled {
		j.state = ingest.JobQueued
	}
}
