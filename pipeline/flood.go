package pipeline

import (
	"fmt"

	"gatehouse/ingest"
)

// limits are the rates of the settings.
type limits struct{ sender, domain, channel, thread ingest.Rate }

// limitsOf reads the rates. What Check would refuse limits nothing.
func limitsOf(s ingest.Settings) limits {
	rate := func(text string) ingest.Rate {
		r, err := ingest.ParseRate(text)
		if err != nil {
			return ingest.Rate{}
		}
		return r
	}
	return limits{rate(s.FloodSender), rate(s.FloodDomain), rate(s.FloodChannel), rate(s.LoopRate)}
}

func (l limits) floods() bool { return l.sender.On() || l.domain.On() || l.channel.On() }

// Buckets lists the buckets that the message draws from if it is let through.
// Without facts those of its conversation are left out.
//
// Three draw from none, and are never too many: what somebody releases, since
// they chose it; history, which always comes at once; and what belongs to a
// conversation that an agent has open, who sees the flood and can stop it.
// The last goes for people alone: two programs would write to each other there
// until somebody looks.
func (b *Book) Buckets(m ingest.Message, f ingest.Facts) []ingest.Bucket {
	loops := b.limits.thread.On() && m.Auto.Machine()
	if !loops && !b.limits.floods() || f.Pass != nil || m.Historic {
		return nil
	}
	c := continues(m, f)
	var list []ingest.Bucket
	if loops && c != nil {
		list = append(list, ingest.NewBucket(ingest.ByThread, c.ID.String(), b.limits.thread))
	}
	if c != nil && c.Status == ingest.Open {
		return list
	}
	return append(list, b.floods(m)...)
}

// floods lists the buckets that do not depend on any fact. Mail that is not
// proven has buckets of its own: nobody fills those of whom they claim to be.
func (b *Book) floods(m ingest.Message) (list []ingest.Bucket) {
	from, forged := m.From.Identity, ""
	if m.Unproven {
		forged = "unproven "
	}
	if r := b.limits.sender; r.On() && from.Joins() {
		list = append(list, ingest.NewBucket(ingest.BySender, forged+from.Key(), r))
	}
	if r := b.limits.domain; r.On() && from.Joins() && from.Domain() != "" {
		list = append(list, ingest.NewBucket(ingest.ByDomain, forged+from.Domain(), r))
	}
	if r := b.limits.channel; r.On() {
		list = append(list, ingest.NewBucket(ingest.ByChannel, m.Channel, r))
	}
	return list
}

// continues finds the conversation that the message would go on with, nil if
// none.
func continues(m ingest.Message, f ingest.Facts) *ingest.Conversation {
	if m.Family.OneAtATime() {
		return f.Current
	}
	a, _ := claimed(m, f.Thread)
	if a == nil {
		return nil
	}
	return latest(a.Conversation, f.Thread)
}

// draws lists the buckets that count a message which is let through. Of one
// that is allowed they count no more than what programs write.
func draws(list []ingest.Bucket, allowed bool) []ingest.Bucket {
	if !allowed {
		return list
	}
	for i, b := range list {
		if b.Kind == ingest.ByThread {
			return list[i : i+1]
		}
	}
	return nil
}

// tooMany says which bucket is full, its size and its rate.
func tooMany(b ingest.Bucket) string {
	whose := map[ingest.BucketKind]string{
		ingest.BySender: "its sender", ingest.ByDomain: "its sender's domain", ingest.ByChannel: "its channel",
		ingest.ByThread: "what programs write into its conversation",
	}[b.Kind]
	return fmt.Sprintf("the bucket of %s is full: it holds %d in %s", whose, b.Rate.Count, b.Rate.Period())
}
