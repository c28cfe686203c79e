package ingest

import "fmt"

// Policy says what becomes of mail of one kind.
type Policy string

// The policies. What an allow rule lets through, none of them holds, but for
// what is not proven and our own mark.
const (
	Admit  Policy = "admit"  // it goes its way as other mail does
	Append Policy = "append" // what belongs to a conversation is appended to it, the rest is held
	Hold   Policy = "hold"
)

// PolicyOn is the policy on what programs and lists write; Admit for people,
// and for our own mark, which has a policy of its own kind.
func (s Settings) PolicyOn(a Auto) Policy {
	switch a {
	case AutoReply:
		return s.AutoReply
	case AutoBounce:
		return s.Bounce
	case AutoFeedback:
		return s.Feedback
	case AutoList:
		return s.List
	}
	return Admit
}

// checkPolicies says which policy is none of those that its setting may be.
func (s Settings) checkPolicies() error {
	for name, p := range map[string]Policy{"auto_reply": s.AutoReply, "bounce": s.Bounce, "feedback": s.Feedback, "list": s.List} {
		if p != Admit && p != Append && p != Hold {
			return fmt.Errorf("%s %q: want admit, append or hold", name, p)
		}
	}
	for name, p := range map[string]Policy{"unverified_sender": s.UnverifiedSender, "loop": s.Loop} {
		if p != Admit && p != Hold {
			return fmt.Errorf("%s %q: want admit or hold", name, p)
		}
	}
	return nil
}
