package config

import (
	"errors"
	"fmt"
)

// A Fault is what is wrong with the configuration, and where.
type Fault struct {
	File string // "" for what stands in no file
	Line int    // 0 if the error itself tells, or no line does
	Err  error
}

// Error begins with the file and the line.
func (f *Fault) Error() string {
	says := f.Err.Error()
	if f.Line > 0 {
		says = fmt.Sprintf("line %d: %s", f.Line, says)
	}
	if f.File != "" {
		says = f.File + ": " + says
	}
	return says
}

// Unwrap returns what is wrong.
func (f *Fault) Unwrap() error { return f.Err }

// faultAt is a fault of a line.
func faultAt(line int, format string, args ...any) *Fault {
	return &Fault{Line: line, Err: fmt.Errorf(format, args...)}
}

// in names the file of an error, which keeps the line if it has one.
func in(file string, err error) error {
	if err == nil {
		return nil
	}
	var f *Fault
	if !errors.As(err, &f) {
		return &Fault{File: file, Err: err}
	}
	if f.File == "" {
		f.File = file
	}
	return f
}

// A place is a line of a file.
type place struct {
	file string
	line int
}

// fault puts an error there. The zero place leaves it as it is.
func (p place) fault(err error) error {
	var f *Fault
	if err == nil || errors.As(err, &f) || p == (place{}) {
		return err
	}
	return &Fault{File: p.file, Line: p.line, Err: err}
}

// At puts an error about a channel where the channel stands in the
// configuration: configured or retired. One that has a place already keeps it.
func (c *Config) At(channel string, err error) error {
	for _, ch := range c.Channels {
		if ch.Name == channel {
			return ch.Fault(err)
		}
	}
	if at, ok := c.places["retired."+channel]; ok {
		return at.fault(err)
	}
	return in(c.file, err)
}

// Fault is an error about the channel with its place. One that has a place
// already, that of a key within, keeps it.
func (c Channel) Fault(err error) error {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	if err == nil || c.node == nil {
		return err
	}
	return place{c.file, c.node.Line}.fault(err)
}
