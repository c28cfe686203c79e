// Command gatehouse takes in messages for customer support: it polls
// mailboxes, answers widgets and providers, decides what becomes of each
// message, and lets supervisors work the blocked list.
//
// Results go to stdout, the log to stderr. It exits 0 when done, 1 when the
// answer is no (a violation, a bad configuration, not found), 2 when it was
// used wrongly or its input cannot be opened, and 3 when it could not ask (the
// database, the network).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"gatehouse/channels/imap"
	"gatehouse/ingest"
)

// version is set when the program is built.
var version = "devel"

// The exit codes.
const (
	exitDone  = 0
	exitNo    = 1
	exitUsage = 2
	exitAsk   = 3
)

// exitError is an error that names its exit code.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

// no is an answer that is no.
func no(format string, args ...any) error { return exitError{exitNo, fmt.Errorf(format, args...)} }

// cli is every command. Each one's Run gets the environment it works in.
type cli struct {
	Serve     serveCmd     `cmd:"" help:"Take in, decide and answer, until told to stop."`
	Demo      demoCmd      `cmd:"" help:"Show the main job on a private database, Redis and mailbox."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database to the newest schema, or say how far it is."`
	Check     checkCmd     `cmd:"" help:"Check the configuration, and that mailboxes, database and Redis answer."`
	Auth      authCmd      `cmd:"" help:"Ask the owner of a mailbox for access (oauth2), and keep what they grant."`
	Parse     parseCmd     `cmd:"" help:"Print each mail file as one line of JSON."`
	Import    importCmd    `cmd:"" help:"Bring archives of mail into a channel: mbox, Maildir, trees of .eml files."`
	Backfill  backfillCmd  `cmd:"" help:"Ask a channel's provider for the messages of a time, and take what is missing."`
	Reconcile reconcileCmd `cmd:"" help:"Compare a mailbox with what became of its mail, and take what is missing."`
	Why       whyCmd       `cmd:"" help:"Say what became of a message, and why."`
	Verify    verifyCmd    `cmd:"" help:"Ask the database whether the laws hold."`
	Token     tokenCmd     `cmd:"" help:"Create, list and revoke tokens of the API."`
	User      userCmd      `cmd:"" help:"Create and list the people who sign in."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	Child struct{} `cmd:"" name:"parse-child" hidden:""`
}

// environment is what commands work with.
type environment struct {
	ctx     context.Context
	out     io.Writer // results
	log     *slog.Logger
	environ func(string) (string, bool)
}

func main() {
	// The second signal ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: tests call it.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) > 0 && args[0] == imap.ChildCommand {
		return child(args[1:], out, errs)
	}
	var c cli
	ended := -1
	parser, err := kong.New(&c, kong.Name("gatehouse"), kong.Writers(out, errs),
		kong.Description("Inbound mail and messages for customer support."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.UsageOnError(),
		kong.Exit(func(code int) { ended = code }))
	if err != nil {
		fmt.Fprintln(errs, "gatehouse:", err)
		return exitUsage
	}
	k, err := parser.Parse(args)
	if ended >= 0 { // --help has been answered
		return ended
	}
	if err != nil {
		fmt.Fprintln(errs, "gatehouse:", err)
		return exitUsage
	}
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(softMemory)
	}
	env := &environment{ctx: ctx, out: out, log: slog.New(slog.NewTextHandler(errs, nil)), environ: os.LookupEnv}
	if err := k.Run(env); err != nil {
		fmt.Fprintln(errs, "gatehouse:", err)
		return codeOf(err)
	}
	return exitDone
}

// softMemory is where the garbage collector begins to work harder: raw
// messages are bounded by their own budget.
const softMemory = 256 << 20

// codeOf gives the exit code of an error.
func codeOf(err error) int {
	var e exitError
	switch {
	case errors.As(err, &e):
		return e.code
	case ingest.Temporary(err):
		return exitAsk
	}
	return exitNo
}

// child reads one mail under limits of its own: see the imap adapter's careful
// mode.
func child(args []string, out, errs io.Writer) int {
	if err := imap.ParseChild(os.Stdin, out); err != nil {
		fmt.Fprintln(errs, "gatehouse:", err)
		return exitNo
	}
	return exitDone
}
