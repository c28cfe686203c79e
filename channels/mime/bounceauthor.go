package mime

import (
	"slices"
	"strings"
)

// author says who wrote a mail, as far as its header tells; each is surer than
// the one before to be a mail system.
type author int

const (
	byPerson  author = iota
	byMachine        // it says of itself that nobody reads the answers
	byNobody         // the return path is null (RFC 5321 §4.5.5)
	byDaemon         // a mail daemon's address or name, or a trace of one
)

func (a *classifier) author() author {
	back, hasBack := a.root.head.Get("Return-Path"), a.root.head.Has("Return-Path")
	back = strings.Trim(back, "<> \t\"")
	switch {
	case a.fromDaemon(), isDaemon(back), a.tracesBounce():
		return byDaemon
	case hasBack && back == "":
		return byNobody
	case a.fromMachine():
		return byMachine
	}
	return byPerson
}

func (a *classifier) fromDaemon() bool {
	for _, box := range []string{"From", "Sender"} {
		who := a.mail.From
		if box == "Sender" {
			who = a.mail.Sender
		}
		if who != nil && (isDaemon(who.Address) || containsAny(strings.ToLower(who.Name), daemonNames)) {
			return true
		}
	}
	return false
}

// tracesBounce finds what a mail server writes into Received of its own
// failure notices.
func (a *classifier) tracesBounce() bool {
	return slices.ContainsFunc(a.root.head.Values("Received"), func(line string) bool { return strings.Contains(line, "invoked for bounce)") })
}

func (a *classifier) fromMachine() bool {
	if a.autoSubmitted() || slices.ContainsFunc(machineHeaders, a.root.head.Has) {
		return true
	}
	return a.mail.From != nil && containsAny(plainLocal(a.mail.From.Address), machineNames)
}

// isDaemon reports the address of a mail server.
func isDaemon(address string) bool {
	local := plainLocal(address)
	return slices.Contains(daemons, local) || strings.HasPrefix(local, "mailerdaemon") || strings.HasPrefix(local, exchangeDaemon)
}

// plainLocal is an address's local part in lower case without separators.
func plainLocal(address string) string {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("-_. \"<", c) {
			return -1
		}
		return c
	}, local)
}

// isAnswer reports a subject that says the mail answers or forwards another.
func isAnswer(subject string) bool {
	subject = strings.ToLower(strings.TrimSpace(subject))
	prefix, _, ok := strings.Cut(strings.ReplaceAll(subject, "：", ":"), ":")
	prefix, _, _ = strings.Cut(prefix, "[") // "Re[2]:"
	return ok && slices.Contains(answerPrefixes, strings.TrimSpace(prefix))
}
