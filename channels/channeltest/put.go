package channeltest

import (
	"slices"
	"time"

	"gatehouse/ingest"
)

// put stores one arrival, or finds the message that stands.
func (s *Store) put(a ingest.Arrival, m *ingest.Move) ingest.Result {
	if a.Content == (ingest.Hash{}) {
		a.Content = ingest.Sum(string(a.Raw))
	}
	if i := s.recognise(a, m); i >= 0 {
		return s.repeat(a, i)
	}
	i := s.known(a)
	if i >= 0 && s.messages[i].Arrival.Content != a.Content {
		a.Keys = []string{a.Keys[0] + "\x00conflict\x00" + string(a.Content[:])}
		a.Problem = ingest.ReasonKeyConflict
		i = s.known(a)
	}
	if i >= 0 {
		return s.repeat(a, i)
	}
	stored := Stored{ID: ingest.NewID(time.Now()), State: stateOf(a), Arrival: a}
	if m != nil {
		stored.mailbox, stored.era = m.Mailbox, m.Era
	}
	s.messages = append(s.messages, stored)
	s.name(a, len(s.messages)-1)
	return ingest.Result{ID: stored.ID, Fresh: true, Refused: a.Refused}
}

func stateOf(a ingest.Arrival) ingest.State {
	switch {
	case a.Problem != "":
		return ingest.Dead
	case a.Refused != 0:
		return ingest.Refused
	}
	return ingest.Received
}

// recognise finds by its prints, after a UIDVALIDITY change, the oldest message
// of the mailbox that was read under another one and is not used up, or -1.
func (s *Store) recognise(a ingest.Arrival, m *ingest.Move) int {
	if m == nil || !m.Recheck {
		return -1
	}
	for _, p := range a.Prints {
		for i := range s.messages {
			known := &s.messages[i]
			if known.Arrival.Message.Channel == m.Channel && known.mailbox == m.Mailbox && known.era != m.Era &&
				slices.Contains(known.Arrival.Prints, p) {
				known.era = m.Era
				return i
			}
		}
	}
	return -1
}

// known finds a message by any of its keys, or -1.
func (s *Store) known(a ingest.Arrival) int {
	for _, k := range a.Keys {
		if i, ok := s.keys[a.Message.Channel+"\x00"+k]; ok {
			return i
		}
	}
	return -1
}

func (s *Store) repeat(a ingest.Arrival, i int) ingest.Result {
	s.messages[i].Repeats++
	s.name(a, i)
	return ingest.Result{ID: s.messages[i].ID}
}

// name lets the arrival's keys stand for message i.
func (s *Store) name(a ingest.Arrival, i int) {
	for _, k := range a.Keys {
		s.keys[a.Message.Channel+"\x00"+k] = i
	}
}

// Known says of each of a channel's keys whether its message came.
func (s *Store) Known(channel string, keys []string) []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make([]bool, len(keys))
	for i, k := range keys {
		_, known[i] = s.keys[channel+"\x00"+k]
	}
	return known
}
