package config

import (
	"fmt"
	"regexp"
)

// nameForm is what a channel may be called: it stands in URLs and in the
// scopes of rules.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// checkNames makes sure that each name means one channel: one that is
// configured, one that was called so before, or one that is retired.
func (c *Config) checkNames() error {
	means := map[string]string{}
	for _, ch := range c.Channels {
		if err := ch.checkName(); err != nil {
			return err
		}
		if means[ch.Name] != "" {
			return ch.fault("a second channel is named %q", ch.Name)
		}
		means[ch.Name] = "is configured itself"
	}
	for _, ch := range c.Channels {
		for _, old := range ch.Was {
			if other := means[old]; other != "" {
				return ch.fault("channel %s: was: the channel %s %s", ch.Name, old, other)
			}
			means[old] = "is what channel " + ch.Name + " was"
		}
	}
	for _, name := range c.Retired {
		at := c.places["retired."+name]
		if !nameForm.MatchString(name) {
			return at.fault(fmt.Errorf("retired: %q is no name of a channel", name))
		}
		if other := means[name]; other != "" {
			return at.fault(fmt.Errorf("retired: channel %s %s", name, other))
		}
	}
	return nil
}

func (c Channel) checkName() error {
	if !nameForm.MatchString(c.Name) {
		return c.fault("channel name %q: want lower-case letters, digits and hyphens, at most 63", c.Name)
	}
	if c.Kind == "" {
		return c.fault("channel %s has no kind", c.Name)
	}
	for _, old := range c.Was {
		if !nameForm.MatchString(old) {
			return c.fault("channel %s: was: %q is no name of a channel", c.Name, old)
		}
	}
	return nil
}

func (c Channel) fault(format string, args ...any) error { return c.Fault(fmt.Errorf(format, args...)) }
