package imap

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFaults is the list of what servers do, a line each: what is wrong with
// one of them for an hour, and what is said of it. Of what may happen at any
// point each manner has its turn at some: TestLongFaults has all of them.
func TestFaults(t *testing.T) {
	for _, f := range slices.Concat(atSomePoints(), faultsOfServers, faultsOfSignIn, faultsOfFolders, faultsOfMails, faultsOfIDLE, faultsOfTLS) {
		t.Run(f.name, f.run)
	}
}

// at is a reaction at a point of a poll: a command, or what one asks for.
func at(point string, do reaction) map[string]reaction {
	command, what := point, ""
	switch point {
	case "list":
		command, what = "UID FETCH", "RFC822.SIZE"
	case "body":
		command, what = "UID FETCH", "BODY.PEEK[]"
	}
	return map[string]reaction{command: func(p *peer, tag, args string) bool { return strings.Contains(args, what) && do(p, tag, args) }}
}

// once is a reaction of the first two connections alone.
func once(do reaction) reaction {
	return func(p *peer, tag, args string) bool { return p.n <= 2 && do(p, tag, args) }
}

// answers is a reaction that says these lines, "T" being the tag.
func answers(lines ...string) reaction {
	return func(p *peer, tag, _ string) bool {
		for _, l := range lines {
			if rest, ok := strings.CutPrefix(l, "T "); ok {
				l = tag + " " + rest
			}
			p.say("%s", l)
		}
		return true
	}
}

// first says something before the answer that a good server gives.
func first(lines ...string) reaction {
	return func(p *peer, tag, args string) bool { answers(lines...)(p, tag, args); return false }
}

func mute(p *peer, _, _ string) bool { _, _ = p.r.ReadString(0); return true }

func closes(p *peer, _, _ string) bool { _ = p.conn.Close(); return true }

// flood is a line without end.
func flood(p *peer, _, _ string) bool {
	for line := "* OK " + strings.Repeat("x", 64<<10); ; {
		if _, err := fmt.Fprint(p.conn, line); err != nil {
			return true
		}
	}
}

// drip answers an octet in ten seconds.
func drip(p *peer, tag, _ string) bool {
	for _, b := range []byte("* OK one after the other\r\n" + tag + " OK done\r\n") {
		if _, err := p.conn.Write([]byte{b}); err != nil {
			return true
		}
		time.Sleep(10 * time.Second)
	}
	return true
}

// points are what a poll asks, and manners what a server may do then. Each
// pair is a fault of the first two connections.
var (
	points  = []string{"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "list", "body", "IDLE"}
	manners = map[string]reaction{
		"mute":                    mute,
		"half a line":             func(p *peer, tag, args string) bool { fmt.Fprint(p.conn, "* OK ha"); return mute(p, tag, args) },
		"closes":                  closes,
		"BYE":                     func(p *peer, tag, args string) bool { p.say("* BYE enough"); return closes(p, tag, args) },
		"BYE, and stays":          func(p *peer, tag, args string) bool { p.say("* BYE enough"); return mute(p, tag, args) },
		"BYE, and answers":        first("* BYE soon"),
		"babble":                  first("\x00\xff)){{9}", "* * *"),
		"another's answer":        first("T999 OK done"),
		"unknown untagged":        first("* XSTATUS all (well {3})"),
		"VANISHED":                first("* VANISHED 41,43:116"),
		"unknown code":            first(`* OK [XCODE (1 2) "x"] well`),
		"ALERT":                   first("* OK [ALERT] the server goes down at noon"),
		"a folder that grows":     first("* 4294967295 EXISTS", "* 7 RECENT"),
		"a folder that shrinks":   first("* 0 EXISTS"),
		"expunges what never was": first("* 4000000000 EXPUNGE", "* 1 EXPUNGE"),
		"flags of others":         first(`* 1 FETCH (FLAGS (\Seen) UID 1)`, `* 900 FETCH (FLAGS (x y))`),
		"a line without end":      flood,
		"drips":                   drip,
		"OK without words":        answers("T OK"),
		"NO":                      answers("T NO I cannot"),
		"BAD":                     answers("T BAD what?"),
		"NO [LIMIT]":              answers("T NO [LIMIT] less"),
		"NO [OVERQUOTA]":          answers("T NO [OVERQUOTA] full"),
		"NO [INUSE]":              answers("T NO [INUSE] locked"),
		"NO [UNAVAILABLE]":        answers("T NO [UNAVAILABLE] back later"),
	}
)

func atAnyPoint() (all []fault) {
	for _, point := range points {
		for _, name := range slices.Sorted(maps.Keys(manners)) {
			all = append(all, fault{name: point + "/" + name, on: at(point, once(manners[name]))})
		}
	}
	return all
}

// atSomePoints is a fourth of it: at each point others.
func atSomePoints() (some []fault) {
	endless := false // a line without end is a long one
	for i, f := range atAnyPoint() {
		again := endless && strings.HasSuffix(f.name, "a line without end")
		if (i+i/len(manners))%4 != 0 || again {
			continue
		}
		endless = endless || strings.HasSuffix(f.name, "a line without end")
		some = append(some, f)
	}
	return some
}

// dialling makes each dial end with an error; nil: with the end of patience.
func dialling(err error) func(*script) { return func(s *script) { s.wires.fail.Store(&err) } }

func dials(s *script) { s.wires.fail.Store(nil) }

var faultsOfServers = []fault{
	{name: "none", pace: kept},
	{name: "refused", state: failing, says: "nothing listens on port", pace: repeated, set: dialling(syscall.ECONNREFUSED), mend: dials},
	{name: "no way", state: failing, says: "this machine has no way to the server", pace: repeated, set: dialling(syscall.ENETUNREACH), mend: dials},
	{name: "packets dropped", state: failing, says: "check host and port, a firewall between", pace: repeated, set: dialling(nil), mend: dials},
	{name: "unknown host", state: failing, says: "no name server knows the host mail.example.com: check host", pace: repeated,
		set: dialling(&net.DNSError{Err: "no such host", Name: "mail.example.com", IsNotFound: true}), mend: dials},
	{name: "name servers away", state: failing, says: "name servers of this machine do not answer", pace: repeated,
		set: dialling(&net.DNSError{Err: "i/o timeout", Name: "mail.example.com", IsTimeout: true}), mend: dials},
	{name: "no greeting", state: failing, says: "check host and port", pace: repeated, on: at("GREETING", mute)},
	{name: "greets with BYE", state: failing, says: "nothing is to be done but wait", pace: repeated, on: at("GREETING", answers("* BYE back later"))},
	{name: "too many connections", state: failing, says: "max_connections", pace: slow, on: at("GREETING", answers("* BYE too many connections"))},
	{name: "a web server", state: failing, says: "no IMAP server", pace: repeated, on: at("GREETING", answers("HTTP/1.1 400 Bad Request", "", "<html>"))},
	{name: "an SMTP server", state: failing, says: "no IMAP server", pace: repeated, on: at("GREETING", answers("220 mail.example.com ESMTP"))},
	{name: "capabilities that are none", pace: kept, on: at("CAPABILITY", answers("* CAPABILITY IMAP4rev1 IDLE ((( x", "T OK"))},
	{name: "no capabilities", state: failing, pace: repeated, on: at("CAPABILITY", answers("T NO I tell nothing"))},
	{name: "closes after ten minutes", pace: pace{6, 8}, on: at("EXAMINE", func(p *peer, tag, args string) bool {
		return time.Since(p.born) > 10*time.Minute && closes(p, tag, args)
	})},
	{name: "one mail a connection", on: at("body", oneAndBYE)},
	{name: "UIDNEXT missing", pace: kept, on: at("EXAMINE", selected("* OK [UIDVALIDITY 7] ids"))},
	{name: "UIDNEXT too low", pace: kept, settings: startNewer, mails: "received", on: at("EXAMINE", selected("* OK [UIDVALIDITY 7] ids", "* OK [UIDNEXT 1] next"))},
	{name: "UIDNEXT too high", pace: kept, settings: startNewer, mails: "received", on: at("EXAMINE", selected("* OK [UIDVALIDITY 7] ids", "* OK [UIDNEXT 4000] next"))},
	{name: "UIDNEXT missing, start: new", pace: kept, settings: startNewer, mails: "received", on: at("EXAMINE", selected("* OK [UIDVALIDITY 7] ids"))},
	{name: "EXISTS says none", pace: kept, on: at("EXAMINE", answers("* 0 EXISTS", "* OK [UIDVALIDITY 7] ids", "T OK done"))},
	{name: "EXISTS says millions", pace: kept, on: at("EXAMINE", answers("* 4000000 EXISTS", "* OK [UIDVALIDITY 7] ids", "T OK done"))},
	{name: "UIDVALIDITY 0", state: failing, says: "ask the server's administrator for UIDVALIDITY", pace: repeated,
		set: func(s *script) { s.validity = 0 }, mend: func(s *script) { s.become(7, s.list()...) }},
	{name: "UIDVALIDITY missing", state: failing, says: "ask the server's administrator for UIDVALIDITY", pace: repeated,
		on: at("EXAMINE", answers("* 5 EXISTS", "T OK done"))},
}

const failing = "failing"

var startNewer = []string{"start: new"}

// selected is the answer to EXAMINE with other numbers.
func selected(lines ...string) reaction {
	return func(p *peer, tag, args string) bool {
		return answers(append([]string{fmt.Sprintf("* %d EXISTS", len(p.list()))}, append(lines, "T OK done")...)...)(p, tag, args)
	}
}

// oneAndBYE gives one mail, and then no more.
func oneAndBYE(p *peer, tag, args string) bool {
	for _, m := range p.list() {
		if within(strings.Fields(args)[0], m.uid, p.last()) {
			p.say("* %d FETCH (%s)", m.uid, p.item(m, args))
			break
		}
	}
	p.say("* BYE that is enough")
	return closes(p, tag, args)
}

// no is a refusal of a command for the hour.
func no(point, answer string) map[string]reaction { return at(point, answers("T "+answer)) }

var faultsOfSignIn = []fault{
	{name: "wrong password", state: reauth, says: "check both", pace: slow, on: no("LOGIN", "NO [AUTHENTICATIONFAILED] invalid credentials")},
	{name: "wrong password, no code", state: reauth, says: "check both", pace: slow, on: no("LOGIN", "NO LOGIN failed.")},
	{name: "password expired", state: reauth, says: "check both", pace: slow, on: no("LOGIN", "NO [EXPIRED] your password has run out")},
	{name: "second factor", state: reauth, says: "second factor", pace: slow, on: no("LOGIN", "NO [ALERT] Application-specific password required")},
	{name: "login unavailable", state: failing, says: "nothing is to be done but wait", pace: repeated, on: no("LOGIN", "NO [UNAVAILABLE] directory is down")},
	{name: "login in use", state: failing, says: "nothing is to be done but wait", pace: repeated, on: no("LOGIN", "NO [INUSE] locked")},
	{name: "login limit", state: failing, says: "max_connections", pace: slow, on: no("LOGIN", "NO [LIMIT] 10 are enough")},
	{name: "login throttled", state: failing, says: "max_connections", pace: slow, on: no("LOGIN", "NO [ALERT] Too many simultaneous connections. (Failure)")},
	{name: "bandwidth", state: failing, says: "max_connections", pace: slow, on: no("LOGIN", "NO [ALERT] Account exceeded command or bandwidth limits. (Failure)")},
	{name: "server's bug", state: failing, pace: repeated, on: no("LOGIN", "NO [SERVERBUG] oops")},
	{name: "ask the administrator", state: failing, says: "administrator", pace: repeated, on: no("LOGIN", "NO [CONTACTADMIN] account is suspended")},
	{name: "privacy required", state: failing, says: "tls: tls or starttls", pace: repeated, on: no("LOGIN", "NO [PRIVACYREQUIRED] not in the clear")},
	{name: "LOGINDISABLED", state: reauth, says: "takes no password", pace: slow, on: at("CAPABILITY", answers("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI", "T OK"))},
	{name: "only AUTH=LOGIN", pace: kept, on: map[string]reaction{
		"CAPABILITY":   answers("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN", "T OK"),
		"AUTHENTICATE": asksBoth,
	}},
}

const reauth = "needs_reauth"

// asksBoth is the server's side of the mechanism LOGIN.
func asksBoth(p *peer, tag, _ string) bool {
	for _, ask := range []string{"VXNlcm5hbWU6", "UGFzc3dvcmQ6"} {
		p.say("+ %s", ask)
		line, _ := p.r.ReadString('\n')
		if line = strings.TrimSpace(line); line != "c3VwcG9ydA==" && line != "c2VjcmV0" {
			p.say("%s NO [AUTHENTICATIONFAILED] who is that?", tag)
			return true
		}
	}
	p.say("%s OK done", tag)
	return true
}

// two reads two folders; of Forms the server refuses something.
var two = []string{"folders: [Forms, INBOX]"}

func ofForms(answer string) map[string]reaction {
	return map[string]reaction{"EXAMINE": func(p *peer, tag, args string) bool {
		return strings.Contains(args, "Forms") && answers("T "+answer)(p, tag, args)
	}}
}

var faultsOfFolders = []fault{
	{name: "a folder is gone", state: failing, says: `there is no folder "Forms": correct folders, or make it`, pace: kept, settings: two, on: ofForms("NO [NONEXISTENT] no such mailbox")},
	{name: "a folder was renamed", state: failing, says: `there is no folder "Forms"`, pace: kept, settings: two, on: ofForms("NO Mailbox doesn't exist: Forms")},
	{name: "no right to a folder", state: failing, says: `support may not read the folder "Forms"`, pace: kept, settings: two, on: ofForms("NO [NOPERM] permission denied")},
	{name: "a folder is locked", state: failing, says: "nothing is to be done but wait", pace: kept, settings: two, on: ofForms("NO [INUSE] locked")},
	{name: "a folder throttles", state: failing, says: "asked less", pace: kept, settings: two, on: ofForms("NO [LIMIT] slow down")},
	{name: "the only folder is gone", state: failing, says: `there is no folder "INBOX"`, pace: repeated, on: no("EXAMINE", "NO [NONEXISTENT] gone")},
	{name: "the only folder throttles", state: failing, says: "asked less", pace: slow, on: no("EXAMINE", "NO [LIMIT] slow down")},
	{name: "gone while it is open", state: failing, says: `there is no folder "INBOX"`, pace: repeated, on: no("UID SEARCH", "NO [NONEXISTENT] gone")},
	{name: "no place to move to", state: failing, says: "the mailbox is full", pace: kept, settings: []string{"after: move:Done"}, on: no("UID MOVE", "NO [OVERQUOTA] full")},
	{name: "the folder to move to is gone", state: failing, says: `there is no folder "Done"`, pace: kept, settings: []string{"after: move:Done"}, on: no("UID MOVE", "NO [TRYCREATE] no such mailbox")},
	{name: "no MOVE and no UIDPLUS", state: failing, says: "MOVE or UIDPLUS", pace: repeated, settings: []string{"after: move:Done"},
		on: at("CAPABILITY", answers("* CAPABILITY IMAP4rev1 IDLE", "T OK"))},
	{name: "marks nothing", state: failing, says: "support is not allowed to", pace: kept, settings: []string{"after: seen"}, on: no("UID STORE", "NO [NOPERM] read-only")},
}

// one is what a server answers to one of the mails instead of its item.
func one(uid uint32, instead func(p *peer, m scripted, what string) string) reaction {
	return func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, what string) string {
			if m.uid == uid {
				return instead(p, m, what)
			}
			return p.item(m, what)
		})
		p.say("%s OK done", tag)
		return true
	}
}

// says1 makes the second mail's answer that of a format of UID and text.
func says1(format string) reaction {
	return one(2, func(_ *peer, m scripted, _ string) string { return fmt.Sprintf(format, len(m.text), m.text) })
}

const (
	secondDead = "received, dead unreadable, received, received, received, received"
	threeEach  = "UID 2 X-GM-MSGID 12 BODY[] {%d}\r\n%s"
)

var faultsOfMails = []fault{
	{name: "NO for one mail", pace: kept, mails: secondDead, on: map[string]reaction{"UID FETCH": refuse("NO [SERVERBUG] broken", 2), "FETCH": refuse("NO [SERVERBUG] broken", 2)}},
	{name: "BAD for one mail", pace: kept, mails: secondDead, on: map[string]reaction{"UID FETCH": refuse("BAD cannot", 2), "FETCH": refuse("BAD cannot", 2)}},
	{name: "NO for all mails", state: failing, says: "stands before what comes after it", pace: kept, on: map[string]reaction{"UID FETCH": refuse("NO not now", 1, 2, 3, 4, 5), "FETCH": refuse("NO not now", 1, 2, 3, 4, 5)}},
	{name: "NO [UNAVAILABLE] for all", state: failing, says: "nothing is to be done but wait", pace: kept, on: map[string]reaction{"UID FETCH": refuse("NO [UNAVAILABLE] disk", 1, 2, 3, 4, 5), "FETCH": refuse("NO [UNAVAILABLE] disk", 1, 2, 3, 4, 5)}},
	{name: "NO [LIMIT] for all", state: failing, says: "asked less", pace: kept, on: map[string]reaction{"UID FETCH": refuse("NO [LIMIT] enough today", 1, 2, 3, 4, 5), "FETCH": refuse("NO [LIMIT] enough today", 1, 2, 3, 4, 5)}},
	{name: "mute at each body", state: failing, says: "fell silent", pace: repeated, on: at("body", mute)},
	{name: "closes at each body", state: failing, pace: repeated, on: at("body", closes)},
	{name: "mute at each list", says: "fell silent", on: at("list", mute)},
	{name: "NIL for one body", pace: kept, mails: secondDead, on: both(one(2, func(*peer, scripted, string) string { return "UID 2 BODY[] NIL" }))},
	{name: "NIL for all bodies", state: failing, says: "sends no body", pace: kept, on: both(func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, _ string) string { return fmt.Sprintf("UID %d BODY[] NIL", m.uid) })
		return answers("T OK done")(p, tag, args)
	})},
	{name: "an unknown item with one mail", mails: secondDead, on: at("body", says1(threeEach))},
	{name: "a literal longer than announced, at first", on: at("body", once(one(2, func(_ *peer, m scripted, _ string) string {
		return fmt.Sprintf("UID 2 BODY[] {%d}\r\n%s", len(m.text)-20, m.text)
	})))},
	{name: "a literal longer than announced", mails: secondDead, on: at("body", one(2, func(_ *peer, m scripted, _ string) string {
		return fmt.Sprintf("UID 2 BODY[] {%d}\r\n%s", len(m.text)-20, m.text)
	}))},
	{name: "a literal shorter than announced, at first", on: at("body", once(one(2, func(_ *peer, m scripted, _ string) string {
		return fmt.Sprintf("UID 2 BODY[] {%d}\r\n%s", len(m.text)+20000, m.text)
	})))},
	{name: "a literal shorter than announced", mails: secondDead, on: at("body", one(2, func(_ *peer, m scripted, _ string) string {
		return fmt.Sprintf("UID 2 BODY[] {%d}\r\n%s", len(m.text)+20000, m.text)
	}))},
	{name: "cut in a literal", on: at("body", once(func(p *peer, tag, args string) bool {
		fmt.Fprint(p.conn, "* 1 FETCH (UID 1 BODY[] {500}\r\nFrom:")
		return closes(p, tag, args)
	}))},
	{name: "other UIDs than asked", state: failing, says: "does not send it", on: both(func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, what string) string { m.uid += 1000; return p.item(m, what) })
		return answers("T OK done")(p, tag, args)
	})},
	{name: "UID after the body", pace: kept, on: map[string]reaction{
		"UID FETCH": func(p *peer, tag, args string) bool { return bodyLast(p, tag, args, false) },
		"FETCH":     func(p *peer, tag, args string) bool { return bodyLast(p, tag, args, true) },
	}},
	{name: "two UIDs with one body", pace: kept, on: at("body", func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, what string) string { return p.item(m, what) + fmt.Sprintf(" UID %d", m.uid%5+1) })
		return answers("T OK done")(p, tag, args)
	})},
	{name: "a UID never asked for after one that was", on: at("body", func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, what string) string {
			return fmt.Sprintf("UID %d UID 77 %s", m.uid, strings.Join(parts(m, what), " "))
		})
		return answers("T OK done")(p, tag, args)
	})},
	{name: "each mail twice", pace: kept, on: map[string]reaction{"UID FETCH": func(p *peer, tag, args string) bool {
		p.fetch(args, false, p.item)
		return false
	}}},
	{name: "dates that are none", pace: repeated, on: at("list", func(p *peer, tag, args string) bool {
		p.fetch(args, false, func(m scripted, what string) string {
			return fmt.Sprintf(`UID %d INTERNALDATE "yesterday" RFC822.SIZE 1`, m.uid)
		})
		return answers("T OK done")(p, tag, args)
	})},
	{name: "a date that is none", on: at("list", one(2, func(_ *peer, m scripted, what string) string {
		return `INTERNALDATE "yesterday" ` + fmt.Sprintf("UID 2 RFC822.SIZE %d", len(m.text))
	}))},
	{name: "sizes of another world", pace: kept, on: at("list", one(2, func(p *peer, m scripted, what string) string { m.size = 4_000_000_000; return p.item(m, what) })),
		mails: "received, received, received, received, received, received"},
	{name: "removed while it is read", pace: kept, on: at("body", func(p *peer, _, _ string) bool {
		p.drop(2, 4)
		p.say("* 4 EXPUNGE")
		p.say("* 2 EXPUNGE")
		return false
	})},
}

// both is a reaction to what asks for bodies by UID or by number.
func both(do reaction) map[string]reaction {
	all := at("body", do)
	all["FETCH"] = all["UID FETCH"]
	return all
}

var faultsOfIDLE = []fault{
	{name: "IDLE refused", pace: kept, on: no("IDLE", "NO not for you")},
	{name: "IDLE falls silent", pace: kept, on: at("IDLE", func(p *peer, tag, args string) bool {
		p.say("+ idling")
		_, _ = p.r.ReadString('\n')
		return answers("T OK")(p, tag, args)
	})},
	{name: "IDLE dies in silence", pace: pace{4, 8}, says: "fell silent", on: at("IDLE", func(p *peer, tag, args string) bool { p.say("+ idling"); return mute(p, tag, args) })},
	{name: "IDLE ends the connection", pace: pace{4, 8}, on: at("IDLE", func(p *peer, tag, args string) bool { p.say("+ idling"); return closes(p, tag, args) })},
	{name: "IDLE ends by itself", pace: pace{4, 8}, on: at("IDLE", func(p *peer, tag, args string) bool { p.say("+ idling"); return answers("T OK over")(p, tag, args) })},
	{name: "IDLE repeats the number", pace: kept, on: at("IDLE", func(p *peer, tag, args string) bool {
		p.say("+ idling")
		p.say("* %d EXISTS", len(p.list()))
		_, _ = p.r.ReadString('\n')
		return answers("T OK")(p, tag, args)
	})},
	{name: "IDLE babbles numbers", pace: kept, on: at("IDLE", func(p *peer, tag, args string) bool {
		p.say("+ idling")
		for n := range 100 {
			p.say("* %d EXISTS", n)
		}
		_, _ = p.r.ReadString('\n')
		return answers("T OK")(p, tag, args)
	})},
}
