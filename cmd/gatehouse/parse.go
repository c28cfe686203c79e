package main

import (
	"encoding/json"
	"os"

	"gatehouse/channels/mime"
)

type parseCmd struct {
	Files []string `arg:"" help:"Raw mails." type:"path" name:"file"`
}

// parsed is one line of the output.
type parsed struct {
	File string `json:"file"`
	mime.Mail
}

// unopened stands for a file that could not be read.
type unopened struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

// Run prints one line a file, in their order, whatever their bytes. A file
// that cannot be opened has its line too, and makes the exit code 2.
func (c *parseCmd) Run(env *environment) error {
	enc := json.NewEncoder(env.out)
	enc.SetEscapeHTML(false)
	var failed error
	for _, name := range c.Files {
		raw, err := os.ReadFile(name)
		if err != nil {
			failed = exitError{exitUsage, err}
			if err := enc.Encode(unopened{name, err.Error()}); err != nil {
				return err
			}
			continue
		}
		if err := enc.Encode(parsed{name, mime.Read(raw, mime.Options{AnyLoop: true})}); err != nil {
			return err
		}
	}
	return failed
}
