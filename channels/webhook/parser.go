package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
)

// parser reads expressions.
type parser struct{ rest string }

// What ends a name that is written without quotes.
const endsName = `.[]"'|=!`

func (p *parser) expression() (any []path, err error) {
	for {
		before := strings.TrimSpace(p.rest)
		one, err := p.path()
		if err != nil {
			return nil, err
		}
		p.space()
		one.text = strings.TrimSpace(before[:len(before)-len(p.rest)])
		any = append(any, one)
		switch {
		case p.rest == "":
			return any, nil
		case !p.skip("||"):
			return nil, fmt.Errorf("want || or the end at %q", p.rest)
		}
	}
}

// space skips white space, at the end too, so that what is left is trimmed.
func (p *parser) space() { p.rest = strings.TrimSpace(p.rest) }

func (p *parser) skip(word string) bool {
	rest, found := strings.CutPrefix(p.rest, word)
	p.rest = rest
	return found
}

func (p *parser) path() (path, error) {
	p.space()
	switch {
	case strings.HasPrefix(p.rest, "'"):
		words, err := p.words()
		return path{from: ofNobody, name: words}, err
	case p.skip("header:"):
		return p.outer(ofHeader)
	case p.skip("query:"):
		return p.outer(ofQuery)
	case p.skip("$"):
		if p.rest == "" || strings.HasPrefix(p.rest, " ") || strings.HasPrefix(p.rest, "|") {
			return path{from: ofBody}, nil
		}
		if !p.skip(".") && !strings.HasPrefix(p.rest, "[") {
			return path{}, errors.New("after $ comes a dot")
		}
		steps, err := p.steps()
		return path{from: ofBody, steps: steps}, err
	}
	steps, err := p.steps()
	return path{steps: steps}, err
}

// words reads 'words': there is no quote within them.
func (p *parser) words() (string, error) {
	words, rest, found := strings.Cut(strings.TrimPrefix(p.rest, "'"), "'")
	if !found || !strings.HasPrefix(p.rest, "'") {
		return "", errors.New("want words between single quotes")
	}
	p.rest = rest
	return words, nil
}

// outer reads the name of a header or a parameter, up to || or the end.
func (p *parser) outer(from origin) (path, error) {
	name, _, _ := strings.Cut(p.rest, "||")
	p.rest = p.rest[len(name):]
	if name = strings.TrimSpace(name); name == "" || from == ofHeader && strings.ContainsAny(name, " \t.[]\"'") {
		return path{}, errors.New("want the name of a header or parameter")
	}
	if from == ofHeader {
		name = textproto.CanonicalMIMEHeaderKey(name)
	}
	return path{from: from, name: name}, nil
}

func (p *parser) steps() (steps []step, err error) {
	for first := true; ; first = false {
		var next step
		switch {
		case p.skip("["):
			next, err = p.bracket()
		case first || p.skip("."):
			next, err = p.named()
		default:
			return steps, nil
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, next)
	}
}

func (p *parser) named() (step, error) {
	if strings.HasPrefix(p.rest, `"`) {
		var name string
		d := json.NewDecoder(strings.NewReader(p.rest))
		if d.Decode(&name) != nil || name == "" {
			return step{}, errors.New("want a name between double quotes")
		}
		p.rest = p.rest[d.InputOffset():]
		return step{name: name}, nil
	}
	end := strings.IndexAny(p.rest, endsName)
	if end < 0 {
		end = len(p.rest)
	}
	name := strings.TrimSpace(p.rest[:end])
	if name == "" {
		return step{}, errors.New("want names with dots between them")
	}
	p.rest = p.rest[end:]
	return step{name: name}, nil
}

// bracket reads what follows a bracket that was opened.
func (p *parser) bracket() (step, error) {
	if p.skip("?") {
		return p.condition()
	}
	inside, rest, found := strings.Cut(p.rest, "]")
	p.rest = rest
	if inside == "*" && found {
		return step{all: true}, nil
	}
	n, err := strconv.Atoi(inside)
	if !found || err != nil {
		return step{}, errors.New(`want [*], [0], [-1] or [?name=='text'] (a name that has brackets in it stands in double quotes)`)
	}
	return step{index: &n}, nil
}

var errCondition = errors.New("want [?name=='text'] or [?name!='text']")

func (p *parser) condition() (step, error) {
	steps, err := p.steps()
	if err != nil {
		return step{}, errCondition
	}
	p.space()
	c := condition{steps: steps, not: p.skip("!=")}
	if !c.not && !p.skip("==") {
		return step{}, errCondition
	}
	p.space()
	if c.text, err = p.words(); err != nil {
		return step{}, errCondition
	}
	if p.space(); !p.skip("]") {
		return step{}, errCondition
	}
	return step{where: &c}, nil
}
