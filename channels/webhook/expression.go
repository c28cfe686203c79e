package webhook

import (
	"fmt"
	"strings"
)

// An expression says where a text is: paths, of which the first counts that finds
// any. It is a small part of JMESPath's grammar, with other beginnings:
//
//	data.customer.email        names, from the element
//	items[0].text, items[-1]   a place in a list; items.0.text, too
//	items[*].text              every member of a list, each in a line of its own
//	phones[?type=='work'].no   the members that hold a text at a path; != those that do not
//	"odd.name"                 a name with dots, brackets or quotes in it, as JSON
//	$.shop.name                from the whole body, beside the elements that `each` names
//	header:X-Name, query:name  a header, a parameter of the URL
//	'so many words'            these words themselves
//	work || home               the second where the first finds nothing
//
// What is asked of an object as of a list is asked of the one: who writes XML
// as JSON makes a list of one its only member. Its time is bounded by the length of
// the path times that of the body.
type expression struct {
	text string // as it was written
	any  []path
}

// path is one of an expression's.
type path struct {
	text  string // as it was written
	from  origin
	name  string // of a header or parameter; the words themselves
	steps []step
}

type origin int

const (
	ofElement origin = iota
	ofBody
	ofHeader
	ofQuery
	ofNobody // the words themselves
)

// step leads from a value to those that it holds.
type step struct {
	name  string
	index *int       // a place in a list, from its end if negative
	all   bool       // every member of a list
	where *condition // members of a list
}

// condition holds for what has a text at a path, or with not has it not.
type condition struct {
	steps []step
	text  string
	not   bool
}

// UnmarshalText reads an expression.
func (e *expression) UnmarshalText(text []byte) error {
	p := parser{rest: string(text)}
	read, err := p.expression()
	if err != nil {
		return fmt.Errorf("%q is no path: %w", text, err)
	}
	*e = expression{text: string(text), any: read}
	return nil
}

// MarshalText writes the expression as it was written.
func (e expression) MarshalText() ([]byte, error) { return []byte(e.text), nil }

// lines are expressions whose texts become the lines of one. In the configuration
// it is one expression or a list of them.
type lines []expression

// UnmarshalYAML reads a string or a list of strings.
func (l *lines) UnmarshalYAML(unmarshal func(any) error) error {
	var said texts
	if err := unmarshal(&said); err != nil {
		return err
	}
	*l = make(lines, len(said))
	for i, text := range said {
		if err := (*l)[i].UnmarshalText([]byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// paths are all that the lines ask for.
func (l lines) paths() (all []path) {
	for _, e := range l {
		all = append(all, e.any...)
	}
	return all
}

// String is the lines as they were written.
func (l lines) String() string {
	var all []string
	for _, e := range l {
		all = append(all, e.text)
	}
	return strings.Join(all, ", ")
}

// at is a path that cannot be wrong, for what is used where nothing is said.
func at(text string) lines {
	var e expression
	if err := e.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return lines{e}
}
