package pipeline

import "gatehouse/ingest"

// defectSize is the defect of a message of which only the header was fetched.
const defectSize = "limit_size"

// because says why the system holds a message by itself.
var because = map[ingest.Reason]string{
	ingest.ReasonSize:       "held: it is larger than the channel takes, only its header was fetched",
	ingest.ReasonLoop:       "held: it goes round in a loop",
	ingest.ReasonUnverified: "held: its sender is not proven",
	ingest.ReasonClosedMode: "held: closed mode, and no rule allows it",
	ingest.ReasonAutoReply:  "held: an automatic reply that answers nothing of ours",
	ingest.ReasonBounce:     "held: a delivery failure that answers nothing of ours",
}

// systemHold gives the reason for which the settings hold the message, "" if
// there is none. An allow rule lets through what programs write, and closed
// mode's strangers, but neither a loop nor half a message.
func systemHold(s ingest.Settings, m ingest.Message, f ingest.Facts, w *ingest.Rule) ingest.Reason {
	allowed := w != nil && w.Kind == ingest.Allow
	unasked := !allowed && len(f.Thread) == 0 && f.Current == nil
	switch {
	case tooLarge(m):
		return ingest.ReasonSize
	case m.Auto == ingest.AutoLoop:
		return ingest.ReasonLoop
	case m.Unproven && s.HoldUnverified:
		return ingest.ReasonUnverified
	case s.Closed && !allowed:
		return ingest.ReasonClosedMode
	case m.Auto == ingest.AutoReply && s.HoldAutoReply && unasked:
		return ingest.ReasonAutoReply
	case m.Auto == ingest.AutoBounce && s.HoldBounce && unasked:
		return ingest.ReasonBounce
	}
	return ""
}

func tooLarge(m ingest.Message) bool {
	for _, d := range m.Defects {
		if d.Code == defectSize {
			return true
		}
	}
	return false
}
