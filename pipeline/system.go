package pipeline

import (
	"slices"

	"gatehouse/ingest"
)

// defectSize is the defect of a message of which only the header was fetched.
const defectSize = "limit_size"

// hold is what the system itself holds a message for; the zero hold is none.
type hold struct {
	reason ingest.Reason
	says   string
}

// because says why the system holds a message by itself.
var because = map[ingest.Reason]string{
	ingest.ReasonSize:       "it is larger than the channel takes, only its header was fetched",
	ingest.ReasonLoop:       "it goes round in a loop",
	ingest.ReasonUnverified: "its sender is not proven",
	ingest.ReasonClosedMode: "closed mode, and no rule allows it",
	ingest.ReasonSpam:       "its provider says that it is spam",
	ingest.ReasonAutoReply:  "an automatic reply",
	ingest.ReasonBounce:     "a delivery failure",
	ingest.ReasonFeedback:   "a receipt or a report by a program",
	ingest.ReasonList:       "mail by a list",
}

// systemHold says for what the settings hold the message. An allow rule lets
// through a flood, spam, what programs write, and closed mode's strangers, but
// neither a loop nor half a message. The desk's own mail is held for nothing.
func systemHold(s ingest.Settings, m ingest.Message, f ingest.Facts, w *ingest.Rule) hold {
	if f.Copy != nil {
		return hold{}
	}
	allowed := w != nil && w.Kind == ingest.Allow
	if reason := systemReason(s, m, f, allowed); reason != "" {
		says := because[reason]
		if s.PolicyOn(m.Auto) == ingest.Append && reason == programs[m.Auto] {
			says += " that belongs to no conversation"
		}
		return hold{reason, says}
	}
	for _, b := range f.Buckets {
		switch {
		case b.Kind == ingest.ByThread && b.Full():
			return hold{ingest.ReasonLoop, tooMany(b)}
		case b.Full() && !allowed:
			return hold{ingest.ReasonFlood, tooMany(b)}
		}
	}
	return hold{}
}

// systemReason asks what does not depend on other messages.
func systemReason(s ingest.Settings, m ingest.Message, f ingest.Facts, allowed bool) ingest.Reason {
	switch {
	case s.HoldSize && tooLarge(m):
		return ingest.ReasonSize
	case s.Loop == ingest.Hold && m.Auto == ingest.AutoLoop:
		return ingest.ReasonLoop
	case s.UnverifiedSender == ingest.Hold && m.Unproven:
		return ingest.ReasonUnverified
	case closedTo(s, m, f) && !allowed:
		return ingest.ReasonClosedMode
	case spam(s, m) && !allowed:
		return ingest.ReasonSpam
	case !allowed && unwanted(s.PolicyOn(m.Auto), m, f):
		return programs[m.Auto]
	}
	return ""
}

// programs are the reasons to hold what programs and lists write.
var programs = map[ingest.Auto]ingest.Reason{
	ingest.AutoReply: ingest.ReasonAutoReply, ingest.AutoBounce: ingest.ReasonBounce,
	ingest.AutoFeedback: ingest.ReasonFeedback, ingest.AutoList: ingest.ReasonList,
}

// unwanted reports whether the policy holds the message.
func unwanted(p ingest.Policy, m ingest.Message, f ingest.Facts) bool {
	return p == ingest.Hold || p == ingest.Append && continues(m, f) == nil
}

// closedTo reports whether closed mode is closed to the sender. Whoever a mail
// only claims to be from is no old acquaintance.
func closedTo(s ingest.Settings, m ingest.Message, f ingest.Facts) bool {
	return s.Closed && !(s.ClosedSparesKnown && !f.TalkedAt.IsZero() && !m.Unproven)
}

// spam reports whether the header that is believed says so.
func spam(s ingest.Settings, m ingest.Message) bool {
	return s.SpamHeader != "" && slices.Contains(m.Spam, s.SpamHeader)
}

func tooLarge(m ingest.Message) bool {
	for _, d := range m.Defects {
		if d.Code == defectSize {
			return true
		}
	}
	return false
}
