package imap

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime/debug"
	"syscall"
	"time"

	"gatehouse/ingest"
)

// ChildCommand is the hidden command of the program that calls [ParseChild].
const ChildCommand = "parse-child"

// The limits of a process that reads one mail.
const (
	childStack   = 256 << 20 // octets of one goroutine's stack
	childMemory  = 2 << 30   // octets of data
	childSeconds = 60        // of processor time
	childAnswer  = 256 << 20 // octets of its answer
)

// answer is what the child prints: a message with the fields that its JSON
// form leaves out.
type answer struct {
	Message ingest.Message `json:"message"`
	Tokens  []string       `json:"tokens"`
	Prints  []ingest.Print `json:"prints"`
	Problem string         `json:"problem"`
}

// ParseChild reads one mail from in and prints what it reads, under limits of
// memory, stack and time. It is for a mail of which it is feared that reading
// it ends the process, and sets the limits for the whole process.
func ParseChild(in io.Reader, out io.Writer) error {
	if err := limitProcess(childMemory); err != nil {
		return err
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var a answer
	r, err := here(context.Background(), raw)
	if err != nil {
		a.Problem = err.Error()
	}
	a.Message, a.Tokens, a.Prints = r.Message, r.Message.Tokens, r.Prints
	return json.NewEncoder(out).Encode(a)
}

// limitProcess bounds what this process may take; memory is in octets.
func limitProcess(memory uint64) error {
	debug.SetMaxStack(childStack)
	for resource, n := range map[int]uint64{syscall.RLIMIT_DATA: memory, syscall.RLIMIT_CPU: childSeconds, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return fmt.Errorf("set limit %d: %w", resource, err)
		}
	}
	return nil
}

// A child reads mails in processes of their own.
type child struct {
	command []string
	timeout time.Duration
}

// errCrash says that the process that read a mail ended without an answer.
type errCrash struct{ err error }

func (e *errCrash) Error() string { return "reading it apart: " + e.err.Error() }

func (e *errCrash) Unwrap() error { return e.err }

// read is a reader. The error is an errCrash if the mail may be to blame.
func (c child) read(ctx context.Context, raw []byte) (reading, error) {
	if len(c.command) == 0 {
		return reading{}, errors.New("the program does not know its own path to read a mail apart")
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, c.command[0], c.command[1:]...)
	cmd.Stdin = bytes.NewReader(raw)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout = &capped{w: &out, left: childAnswer}
	if err := cmd.Start(); err != nil {
		return reading{}, fmt.Errorf("read a mail apart: %w", err)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		return reading{}, ctx.Err()
	}
	if err != nil {
		return reading{}, &errCrash{err}
	}
	return unpack(out.Bytes())
}

func unpack(out []byte) (reading, error) {
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		return reading{}, &errCrash{err}
	}
	if a.Problem != "" {
		return reading{}, &errCrash{errors.New(a.Problem)}
	}
	a.Message.Family, a.Message.Tokens = ingest.Email, a.Tokens
	return reading{a.Message, a.Prints}, nil
}

// capped refuses to take more than it has left.
type capped struct {
	w    io.Writer
	left int
}

func (c *capped) Write(b []byte) (int, error) {
	if c.left -= len(b); c.left < 0 {
		return 0, errors.New("the answer is too large")
	}
	return c.w.Write(b)
}
