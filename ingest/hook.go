package ingest

import "time"

// HookRefusal is a request to a channel's hook that was not believed: its head
// without secrets, and nothing of what it brought.
type HookRefusal struct {
	At      time.Time  `json:"at"`
	Cause   string     `json:"cause"` // see channels.Cause
	Says    string     `json:"says"`  // for whoever set the channel up
	Method  string     `json:"method"`
	URL     string     `json:"url" doc:"that was verified, or was called where the signature does not cover it; without the values of its query"`
	Address string     `json:"address" doc:"of the caller"`
	Headers []HeadLine `json:"headers" doc:"signatures are cut short, secrets only described"`
	Size    int64      `json:"size" doc:"of the body, in octets"`
}

// HeadLine is one header of a request.
type HeadLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HookCount is how many requests to a channel's hook were refused for a cause
// within a minute, or believed: cause "".
type HookCount struct {
	Channel     string
	Minute      time.Time
	Cause       string
	N           int64
	First, Last time.Time
}

// HookSecret is one of the secrets of a channel's hook, known by the beginning
// of its SHA-256, and when it last proved a request; nil: it has not.
type HookSecret struct {
	Key         string     `json:"key"` // in the configuration
	Index       int        `json:"index" doc:"in the list of the key"`
	Fingerprint string     `json:"fingerprint" doc:"the first eight hexadecimal digits of its SHA-256"`
	UsedAt      *time.Time `json:"last_used_at"`
}

// HookNotes is what a process noted of its hooks since it last told.
type HookNotes struct {
	Counts   []HookCount
	Refusals map[string][]HookRefusal // by channel, oldest first
	Secrets  map[string][]HookSecret  // all of a channel's
	Uses     map[string][]HookSecret  // those that proved something
}

// Empty reports that there is nothing to tell.
func (n *HookNotes) Empty() bool {
	return len(n.Counts)+len(n.Refusals)+len(n.Secrets)+len(n.Uses) == 0
}

// DroppedByProvider is the Why of what a provider says that it did not deliver.
const DroppedByProvider = "dropped"

// UnknownHours is a stretch in which a provider may have called in vain, or says
// that it did not call, and is not asked for what it had to say.
type UnknownHours struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Why   string    `json:"why" enum:"away,database,dropped" doc:"no process answered, the database was away, or the provider says that it dropped something"`
}

// ChannelDetail is all that is told of one channel.
type ChannelDetail struct {
	ChannelHealth
	Refused  map[string]int64 `json:"refused" doc:"requests of the last hour that were refused, by cause"`
	Refusals []HookRefusal    `json:"refusals" doc:"the last ones, and of each cause at least the last three; the newest first"`
	Secrets  []HookSecret     `json:"secrets" doc:"of the hook: one that has proven nothing since it was replaced can go"`
}

// ChannelSetup is what the configuration says of a channel, without its secrets.
type ChannelSetup struct {
	URL      string           `json:"url" doc:"what the provider is to call; empty: nothing"`
	Steps    []string         `json:"steps" doc:"what else is to be done at the provider or the site"`
	Settings []ChannelSetting `json:"settings"`
	// Can are the orders that the channel takes beside pause and resume.
	Can []string `json:"can" enum:"reconcile,backfill,auth"`
}

// ChannelSetting is one of a channel's settings.
type ChannelSetting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
