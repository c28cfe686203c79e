package pipeline_test

import (
	"slices"
	"testing"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

// TestBuckets holds who draws from which bucket, and whom no flood holds.
func TestBuckets(t *testing.T) {
	all := ingest.DefaultSettings()
	all.FloodSender, all.FloodDomain, all.FloodChannel = "10/1m", "20/1m", "30/1m"
	open := &ingest.Conversation{ID: id(10), Status: ingest.Open}
	waiting := &ingest.Conversation{ID: id(11), Status: ingest.Unassigned}
	answers := func(c *ingest.Conversation) ingest.Facts {
		return ingest.Facts{Thread: []ingest.Ancestor{{Conversation: c, Belongs: true}}}
	}
	mail := func(change func(*ingest.Message)) ingest.Message {
		m := ingest.Message{Family: ingest.Email, Channel: "support", From: ingest.Sender{Identity: ann()[0]}}
		change(&m)
		return m
	}
	as := func(*ingest.Message) {}
	by := func(auto ingest.Auto) func(*ingest.Message) { return func(m *ingest.Message) { m.Auto = auto } }
	talk := func(m *ingest.Message) {
		m.Family, m.From.Identity = ingest.Chat, ingest.Identity{Kind: "visitor", Value: "v1", How: ingest.Header}
	}
	for _, c := range []struct {
		name     string
		settings ingest.Settings
		message  ingest.Message
		facts    ingest.Facts
		want     []ingest.BucketKind
	}{
		{"mail", all, mail(as), ingest.Facts{}, []ingest.BucketKind{"sender", "domain", "channel"}},
		{"a chat has no domain", all, mail(talk), ingest.Facts{}, []ingest.BucketKind{"sender", "channel"}},
		{"an address that was typed is nobody's", all, mail(func(m *ingest.Message) { m.From.How = ingest.Claimed }), ingest.Facts{}, []ingest.BucketKind{"channel"}},
		{"by default no flood is held", ingest.DefaultSettings(), mail(as), answers(waiting), nil},
		{"released", all, mail(as), ingest.Facts{Pass: &ingest.Pass{}}, nil},
		{"history", all, mail(func(m *ingest.Message) { m.Historic = true }), ingest.Facts{}, nil},
		{"an answer in a conversation that waits", all, mail(as), answers(waiting), []ingest.BucketKind{"sender", "domain", "channel"}},
		{"in one that an agent has open", all, mail(as), answers(open), nil},
		{"a chat that an agent has open", all, mail(talk), ingest.Facts{Current: open}, nil},
		{"a program", all, mail(by(ingest.AutoReply)), answers(waiting), []ingest.BucketKind{"thread", "sender", "domain", "channel"}},
		{"a program where an agent is", all, mail(by(ingest.AutoReply)), answers(open), []ingest.BucketKind{"thread"}},
		{"a program by default", ingest.DefaultSettings(), mail(by(ingest.AutoBounce)), answers(waiting), []ingest.BucketKind{"thread"}},
		{"a program that answers nothing", ingest.DefaultSettings(), mail(by(ingest.AutoReply)), ingest.Facts{}, nil},
		{"a mailing list is people", ingest.DefaultSettings(), mail(by(ingest.AutoList)), answers(waiting), nil},
	} {
		var got []ingest.BucketKind
		for _, b := range pipeline.NewBook(1, c.settings, nil).Buckets(c.message, c.facts) {
			got = append(got, b.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestBucketsOfTheUnproven holds that nobody fills the bucket of whom they
// claim to be.
func TestBucketsOfTheUnproven(t *testing.T) {
	s := ingest.DefaultSettings()
	s.FloodSender, s.FloodDomain = "10/1m", "20/1m"
	book := pipeline.NewBook(1, s, nil)
	m := ingest.Message{Family: ingest.Email, Channel: "support", From: ingest.Sender{Identity: ann()[0]}}
	forged := m
	forged.Unproven = true
	proven := book.Buckets(m, ingest.Facts{})
	for i, b := range book.Buckets(forged, ingest.Facts{}) {
		if b.Key == proven[i].Key {
			t.Errorf("a forged mail draws from its victim's bucket %s", b.Kind)
		}
	}
}
