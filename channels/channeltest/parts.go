package channeltest

import (
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// storedPart is a part that waits in a Store, with its bytes.
type storedPart struct {
	ingest.StoredPart
	arrival ingest.Arrival
}

func (p storedPart) name() string {
	n := p.arrival.Part.Name()
	return p.arrival.Message.Channel + "\x00" + string(n[:])
}

// JoinFor makes the Store join parts as those of a kind. Before, they wait.
func (s *Store) JoinFor(k channels.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.join = func(set ingest.PartSet) ingest.Arrival {
		return channels.Join(set, func(raw []byte) (ingest.Message, error) { return reread(k, raw) })
	}
}

// Parts are the arrivals that wait to be joined, in order of commit.
func (s *Store) Parts() (waiting []ingest.Arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.parts {
		waiting = append(waiting, p.arrival)
	}
	return waiting
}

// JoinParts delivers what has waited for too long at now.
func (s *Store) JoinParts(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Clone(s.parts) {
		s.joinName(p.name(), now)
	}
}

// putPart stores a part, or finds what stands, and joins what it makes whole.
func (s *Store) putPart(a ingest.Arrival) ingest.Result {
	if a.Content == (ingest.Hash{}) {
		a.Content = ingest.Sum(string(a.Raw))
	}
	for _, key := range a.Keys {
		for _, p := range s.parts {
			if slices.Contains(p.arrival.Keys, key) && p.arrival.Message.Channel == a.Message.Channel {
				return ingest.Result{ID: p.ID}
			}
		}
	}
	if i := s.known(a); i >= 0 {
		return s.repeat(a, i)
	}
	p := storedPart{arrival: a, StoredPart: ingest.StoredPart{
		ID: ingest.NewID(time.Now()), Number: a.Part.Number, Total: a.Part.Total, Content: a.Content, At: a.Message.ReceivedAt, Raw: a.Raw,
	}}
	s.parts = append(s.parts, p)
	s.joinName(p.name(), time.Time{})
	return ingest.Result{ID: p.ID, Fresh: true}
}

// joinName makes messages of what is ready under a name.
func (s *Store) joinName(name string, now time.Time) {
	var waiting []ingest.StoredPart
	for _, p := range s.parts {
		if p.name() == name {
			waiting = append(waiting, p.StoredPart)
		}
	}
	if s.join == nil {
		return
	}
	var ready []ingest.PartSet
	ready, s.lost[name] = ingest.Gather(waiting, s.lost[name], now)
	for _, set := range ready {
		s.put(s.joined(set), nil)
	}
}

// joined is the message of a set, whose parts wait no more; their keys are its own.
func (s *Store) joined(set ingest.PartSet) ingest.Arrival {
	a := s.join(set)
	for _, id := range append(idsOf(set.Parts), set.Twins...) {
		i := slices.IndexFunc(s.parts, func(p storedPart) bool { return p.ID == id })
		of := s.parts[i].arrival
		a.Message.Channel, a.Message.Family = of.Message.Channel, of.Message.Family
		a.Keys = append(a.Keys, of.Keys...)
		s.parts = slices.Delete(s.parts, i, i+1)
	}
	if s.ban != nil && a.Problem == "" {
		a.Refused = s.ban(a)
	}
	return a
}

func idsOf(parts []ingest.StoredPart) (ids []ingest.ID) {
	for _, p := range parts {
		ids = append(ids, p.ID)
	}
	return ids
}
