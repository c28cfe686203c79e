package main

import (
	"context"
	"fmt"
	"time"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// yardstick is the bare contestant for a crowd: copies of its messages wait in
// a channel of their own, and the same number of other people have written them.
func (s *settling) yardstick(c crowd) contestant {
	return contestant{
		name:    c.name + " by plain unnest",
		prepare: func(ctx context.Context, round int) error { return s.assign(ctx, c, round) },
		run: func(ctx context.Context, _ int) (lap, error) {
			return timed(len(s.list), func() error { return s.yard.Settle(ctx, yardSettled, s.list) })
		},
	}
}

// assign writes a round's messages and says beforehand what becomes of them.
func (s *settling) assign(ctx context.Context, c crowd, round int) error {
	rows, err := s.yard.Last(ctx, settled, s.n)
	if err != nil {
		return err
	}
	waiting := yard.Messages(rows, fmt.Sprintf("%s%d", c.name, round))
	if err := s.yard.Accept(ctx, yardSettled, waiting); err != nil {
		return err
	}
	s.list = s.list[:0]
	var strangers []*yard.Person
	for i, m := range waiting {
		p, known := s.person(c, c.visitor(round, i))
		if !known && c.known {
			strangers = append(strangers, p)
		}
		s.list = append(s.list, yard.Decided{Message: m, Person: p, New: !c.known})
	}
	return s.yard.Meet(ctx, yardSettled, strangers)
}

// person finds or makes who a visitor is to the yardstick.
func (s *settling) person(c crowd, visitor string) (p *yard.Person, known bool) {
	name := "yard-" + c.name + "-" + visitor
	if p := s.people[name]; p != nil {
		return p, true
	}
	now := time.Now()
	p = &yard.Person{
		Contact: ingest.NewID(now), Conversation: ingest.NewID(now), Name: "Visitor " + name,
		Identity: ingest.Identity{Kind: "visitor", Value: name, How: ingest.Header},
	}
	s.people[name] = p
	return p, false
}
