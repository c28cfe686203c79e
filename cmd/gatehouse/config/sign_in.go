package config

import (
	"fmt"
	"time"
)

// SignIn is how people sign in to the desk.
type SignIn struct {
	Password bool          `yaml:"password" doc:"people may sign in with a password"`
	Idle     time.Duration `yaml:"idle" doc:"who does nothing for so long is signed out"`
	Longest  time.Duration `yaml:"longest" doc:"nobody stays signed in longer, whatever they do"`
}

// leastIdle keeps a mistyped unit from signing everybody out at once.
const leastIdle = time.Minute

func (c *Config) checkSignIn() error {
	if s := c.SignIn; s.Idle < leastIdle {
		return c.keyed("sign_in.idle", fmt.Errorf("%s: want at least %s", s.Idle, leastIdle))
	} else if s.Longest < s.Idle {
		return c.keyed("sign_in.longest", fmt.Errorf("%s is shorter than sign_in.idle, %s", s.Longest, s.Idle))
	}
	return nil
}
