package webhook

import (
	"fmt"
	"maps"
	"slices"
)

// demand is what an element must hold to be a message.
type demand struct {
	where expression
	want  []string
}

// demands are those of Only, in an order that is always the same.
func (s *settings) demands() (list []demand, err error) {
	for _, text := range slices.Sorted(maps.Keys(s.Only)) {
		d := demand{want: s.Only[text]}
		if err := d.where.UnmarshalText([]byte(text)); err != nil {
			return nil, fmt.Errorf("only: %w", err)
		}
		for _, p := range d.where.any {
			if err := p.check(s.Body); err != nil {
				return nil, fmt.Errorf("only: %w", err)
			}
		}
		list = append(list, d)
	}
	return list, nil
}

// ofRequest reports whether the demand asks nothing of an element.
func (d demand) ofRequest() bool {
	return !slices.ContainsFunc(d.where.any, func(p path) bool { return p.from == ofElement })
}

// met reports whether one of the texts found is one of those that will do. What
// cannot be read is none; "" will do where nothing is to be found.
func (d demand) met(e *finder) bool {
	for _, p := range d.where.any {
		if found, err := e.texts(p); err == nil && len(found) > 0 {
			return slices.ContainsFunc(found, func(text string) bool { return slices.Contains(d.want, text) })
		}
	}
	return slices.Contains(d.want, "")
}

// says is what an element fails that does not meet the demand: no content.
func (d *demand) says() string { return "it is not what only asks for at " + d.where.text }
