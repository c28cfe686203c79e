// Command gatehouse-bench puts loads on Gatehouse and has package yard do the
// same work barely beside it, in turn, in the same run: what counts is the
// ratio of the two, since rates depend on the machine. Each case ends by
// asking the laws of the design and by comparing what is stored with a list of
// its own; the program ends with 0 only if nothing was lost, stored twice or
// unlawful. docs/benchmarks.md says what the figures mean.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The program's answers.
const (
	exitDone     = 0
	exitViolated = 1 // something was lost, stored twice or unlawful
	exitUsage    = 2
	exitUnasked  = 3 // no database, no Redis, or the load could not be run
)

// options are the sizes of a run. 0 means each case's own.
type options struct {
	n       int // messages a round
	rounds  int
	clients int
	size    int           // octets of text in a chat post
	quiet   time.Duration // how long idle mailboxes are watched
}

// bench is what the cases share.
type bench struct {
	options
	host *host
	log  io.Writer // progress, for people
}

// A trial is one case. It says what it found, one line a variant.
type trial struct {
	name string
	says string
	run  func(context.Context, *bench) ([]*line, error)
}

var trials = []trial{
	{"accept", "chat posts stored and acknowledged", accept},
	{"imap", "a mailbox taken over", mailCase},
	{"idle", "mailboxes that wait for mail, and what comes into them", idle},
	{"parse", "mail read", parse},
	{"settle", "waiting messages decided", settle},
	{"replay", "Unblock All of what is held", replay},
	{"purge", "Delete All of what is held", purge},
	{"blocked", "the blocked list read", blocked},
	{"console", "the pages of the console, with a million messages", consolePages},
	{"rulechange", "rules set and lifted under load", ruleChange},
	{"standing", "how somebody stands, with many rules", standing},
	{"refuse", "what a banned sender costs", refuse},
	{"deliver", "events posted to an endpoint", tell},
	{"latency", "one message through an idle system", latency},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, log io.Writer) int {
	var o options
	flags := flag.NewFlagSet("gatehouse-bench", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.IntVar(&o.n, "n", 0, "messages a round (0: each case's own)")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds that count, after one that warms up")
	flags.IntVar(&o.clients, "clients", 128, "clients at once in case accept")
	flags.IntVar(&o.size, "size", 4096, "octets of text in a chat post of case accept")
	flags.DurationVar(&o.quiet, "quiet", 2*time.Minute, "how long case idle watches mailboxes into which nothing comes")
	names := flags.String("case", "", "cases, with commas between: "+strings.Join(caseNames(), ", ")+" (default all)")
	asJSON := flags.Bool("json", false, "one JSON object a line")
	profile := flags.String("cpuprofile", "", "write a profile of the processor's time to this `file`")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitDone
	} else if err != nil {
		return exitUsage
	}
	chosen, err := choose(*names)
	if err != nil || flags.NArg() > 0 || o.n < 0 || o.rounds < 1 || o.clients < 1 || o.size < 1 {
		fmt.Fprintln(log, "gatehouse-bench: wrong arguments:", errors.Join(err, fmt.Errorf("see --help")))
		return exitUsage
	}
	stop, err := startProfile(*profile)
	if err != nil {
		fmt.Fprintln(log, "gatehouse-bench:", err)
		return exitUsage
	}
	defer stop()
	return runAll(ctx, &bench{options: o, log: log}, chosen, printer{out, *asJSON})
}

// runAll runs the cases one after the other, each on a database of its own.
func runAll(ctx context.Context, b *bench, chosen []trial, p printer) (code int) {
	b.host = &host{}
	defer func() {
		if err := b.host.stop(); err != nil {
			fmt.Fprintln(b.log, "gatehouse-bench:", err)
			code = max(code, exitUnasked)
		}
	}()
	for _, t := range chosen {
		lines, err := t.run(ctx, b)
		if err != nil {
			fmt.Fprintf(b.log, "gatehouse-bench: %s: %v\n", t.name, err)
			return exitUnasked
		}
		for _, l := range lines {
			p.print(l)
			if !l.clean() {
				code = exitViolated
			}
		}
	}
	return code
}

func caseNames() (names []string) {
	for _, t := range trials {
		names = append(names, t.name)
	}
	return names
}

func choose(names string) (chosen []trial, err error) {
	if names == "" {
		return trials, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(trials, func(t trial) bool { return t.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no case %q", name)
		}
		chosen = append(chosen, trials[i])
	}
	return chosen, nil
}

func startProfile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}
