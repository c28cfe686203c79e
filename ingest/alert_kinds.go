package ingest

import (
	"strconv"
	"strings"
	"time"
)

// AlertKind is what an alert is about: a code.
type AlertKind string

// The kinds of alert.
const (
	AlertReauth         AlertKind = "channel_needs_reauth"
	AlertFailing        AlertKind = "channel_failing"
	AlertRejecting      AlertKind = "channel_rejecting"
	AlertSilent         AlertKind = "channel_silent"
	AlertLate           AlertKind = "channel_late"
	AlertUnsettled      AlertKind = "unsettled"
	AlertDeadMessages   AlertKind = "dead_messages"
	AlertDeadDeliveries AlertKind = "dead_deliveries"
	AlertEndpointOff    AlertKind = "endpoint_off"
	AlertUnopened       AlertKind = "unopened"
	AlertJobFailed      AlertKind = "job_failed"
	AlertDatabase       AlertKind = "database_size"
	AlertDisk           AlertKind = "disk_free"
)

// aboutAlert is what is said of a kind of alert, in which {} is the subject's
// name and # the count; and how long its condition must stand before it is
// raised, and be gone before it is cleared.
type aboutAlert struct {
	says, do, over string
	before, after  time.Duration
}

// aboutAlerts is the one place where alerts have words. A state that comes and goes
// within minutes is told of once: what clears itself soon needs nobody, and what
// begins again before its after is over has not ended.
var aboutAlerts = map[AlertKind]aboutAlert{
	AlertReauth: {says: "The provider refuses the credentials of channel {}: nothing is fetched.",
		do:     "Have the mailbox's owner consent again with `gatehouse auth {}`, or mend its secret in the configuration and POST /channels/reload.",
		over:   "The provider takes the credentials of channel {} again.",
		before: time.Minute, after: time.Minute}, // some providers refuse a good token once
	AlertFailing: {says: "Channel {} cannot reach or use its source.",
		do:     "See what it says with GET /channels/{}, and ask the source with `gatehouse check`.",
		over:   "Channel {} works again.",
		before: 2 * time.Minute, after: 5 * time.Minute}, // servers restart, and connections break
	AlertRejecting: {says: "All requests to the hook of channel {} are refused.",
		do:    "Compare the provider's signing secret with the configuration: GET /channels/{} says why the last one was refused.",
		over:  "Requests to the hook of channel {} are believed again.",
		after: 5 * time.Minute}, // the state itself took five minutes to begin
	AlertSilent: {says: "Nothing comes on channel {} although something should.",
		do:   "Write to channel {} yourself; if that does not arrive, look at the provider's side: forwarding, webhook address, quota.",
		over: "Messages come on channel {} again."}, // one message ends it
	AlertLate: {says: "Nobody has polled channel {} with success for too long.",
		do:   "See that a process with the role of polling runs, and what its log says of channel {}.",
		over: "Channel {} is polled again."}, // its setting is a time already
	AlertUnsettled: {says: "Messages wait to be decided for too long, in # of 64 lanes.",
		do:    "See that a worker runs, what its log says, and whether the database keeps up; nothing is lost meanwhile.",
		over:  "No message waits too long to be decided any more.",
		after: time.Minute}, // a worker that catches up meets old ones and new ones in turn
	AlertDeadMessages: {says: "Messages of channel {} could not be read, stored or decided: #.",
		do:   "Look at GET /dead?channel={}, then retry or delete each of them.",
		over: "No dead messages of channel {} are left."}, // somebody decides when it ends
	AlertDeadDeliveries: {says: "Deliveries to endpoint {} were given up: #.",
		do:   "Mend its receiver, then POST /endpoints/{}/dead/retry; or DELETE /endpoints/{}/dead.",
		over: "No deliveries to endpoint {} are given up any more."}, // as of dead messages
	AlertEndpointOff: {says: "Endpoint {} was switched off: it answered 410, or failed for a day.",
		do:   "Mend its receiver, then POST /endpoints/{}/resume: it goes on where it was. Or delete it.",
		over: "Endpoint {} is not switched off any more."}, // a switch does not flap
	AlertUnopened: {says: "Tickets of the blocked list wait too long for somebody to look into them: #.",
		do:   "Look through GET /blocked?sort=oldest, and release or delete what is in them.",
		over: "No ticket of the blocked list waits too long any more."}, // its setting is a time already
	AlertJobFailed: {says: "Job {} gave up.",
		do:   "See GET /jobs/{} for why, then POST /jobs/{}/retry; after a week it is not told of any more.",
		over: "Job {} is not failed any more, or failed a week ago."}, // a job fails once
	AlertDatabase: {says: "The database has # octets, more than the setting alert_database_bytes.",
		do:    "Give it room and raise the setting, or keep less: held_keep and held_keep_rules.",
		over:  "The database is smaller than the setting alert_database_bytes again.",
		after: 10 * time.Minute}, // it grows and shrinks around the limit as rows go
	AlertDisk: {says: "Of the file system that {} runs on, # percent are free.",
		do:     "Make room on {}; the setting alert_disk_free says how much.",
		over:   "There is room on {} again, or nothing has run there for a while.",
		before: time.Minute, after: 10 * time.Minute}, // files come and go
}

// AlertKinds are all kinds of alert.
var AlertKinds = []AlertKind{AlertReauth, AlertFailing, AlertRejecting, AlertSilent, AlertLate, AlertUnsettled, AlertDeadMessages,
	AlertDeadDeliveries, AlertEndpointOff, AlertUnopened, AlertJobFailed, AlertDatabase, AlertDisk}

func (k AlertKind) about() aboutAlert { return aboutAlerts[k] }

// Word gives an alert its sentences: what is wrong, or that it is over, and what
// to do about it.
func (a *Alert) Word() {
	about := a.Kind.about()
	_, name, _ := strings.Cut(a.Subject, ":")
	fill := strings.NewReplacer("{}", name, "#", strconv.FormatInt(a.N, 10))
	a.Says, a.Do = fill.Replace(about.says), fill.Replace(about.do)
	if a.ClearedAt != nil {
		a.Says, a.Do = fill.Replace(about.over), ""
	}
}

// Channel is the name of the channel that an alert is about; "": it is about none.
func (a *Alert) Channel() string {
	name, ok := strings.CutPrefix(a.Subject, "channel:")
	if !ok {
		return ""
	}
	return name
}

// Disk is the room on the file system that a process runs on, in octets.
type Disk struct {
	Host       string // its name
	Free, Size int64
}
