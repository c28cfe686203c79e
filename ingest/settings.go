package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings is what supervisors may change while the program runs. A change
// raises the rules epoch: every decision rests on one version of them.
type Settings struct {
	BlockContactEnabled bool     `json:"block_contact_enabled" yaml:"block_contact_enabled" doc:"blocks of a contact on all channels may be set"`
	ChatBlockEnabled    bool     `json:"chat_block_enabled" yaml:"chat_block_enabled" doc:"blocks of chat users may be set"`
	BotEnabled          bool     `json:"bot_enabled" yaml:"bot_enabled" doc:"new conversations begin with the bot"`
	BotMaxAge           Duration `json:"bot_max_age" yaml:"bot_max_age" doc:"a released message older than this goes to unassigned, not to the bot"`
	ReopenWithin        Duration `json:"reopen_within" yaml:"reopen_within" doc:"a mail conversation closed less than this ago is reopened by an answer"`
	CloseChatAfter      Duration `json:"close_chat_after" yaml:"close_chat_after" doc:"an idle chat is closed"`
	CloseSMSAfter       Duration `json:"close_sms_after" yaml:"close_sms_after" doc:"an idle SMS conversation is closed"`
	ChatShows           string   `json:"chat_shows" yaml:"chat_shows" enum:"hide,notice" doc:"what the widget of a banned visitor does"`
	ChatNotice          Notices  `json:"chat_notice" yaml:"chat_notice" doc:"what it says with notice, by the visitor's language (BCP 47), as {de: …, pt-BR: …}; * is for any other"`
	MayBlock            string   `json:"may_block" yaml:"may_block" enum:"agent,supervisor,admin" doc:"least role that blocks"`
	MayBan              string   `json:"may_ban" yaml:"may_ban" enum:"agent,supervisor,admin" doc:"least role that bans"`
	MayBlacklist        string   `json:"may_blacklist" yaml:"may_blacklist" enum:"agent,supervisor,admin" doc:"least role that blacklists"`
	APIRate             int      `json:"api_rate" yaml:"api_rate" doc:"requests a minute that a token whose own rate is 0, or a person who signed in, may send to each web process"`
	TokenLongest        Keep     `json:"token_longest" yaml:"token_longest" doc:"tokens are made for at most so long, as 8760h; or never"`
	RuleAlarm           int      `json:"rule_alarm" yaml:"rule_alarm" doc:"a rule that names more known contacts than this takes an administrator's force; 0: any number"`
	ReviewIdle          Keep     `json:"review_idle" yaml:"review_idle" doc:"rules that met nothing for so long are listed for review; or never"`
	ReviewWrong         int      `json:"review_wrong" yaml:"review_wrong" doc:"rules are listed for review of whose decided messages people let so many percent go, or more, of 5 at least; 0: none"`
	UnverifiedSender    Policy   `json:"unverified_sender" yaml:"unverified_sender" enum:"admit,hold" doc:"mail that failed its sender check"`
	AutoReply           Policy   `json:"auto_reply" yaml:"auto_reply" enum:"admit,append,hold" doc:"automatic replies. With append, what belongs to a conversation is appended to it as it stands and the rest is held"`
	Bounce              Policy   `json:"bounce" yaml:"bounce" enum:"admit,append,hold" doc:"delivery failures"`
	Feedback            Policy   `json:"feedback" yaml:"feedback" enum:"admit,append,hold" doc:"read receipts and complaints that servers report"`
	List                Policy   `json:"list" yaml:"list" enum:"admit,append,hold" doc:"mail by mailing lists, newsletters among it"`
	Loop                Policy   `json:"loop" yaml:"loop" enum:"admit,hold" doc:"mail that carries our own mark: it goes round in a loop"`
	HoldSize            bool     `json:"hold_size" yaml:"hold_size" doc:"mail larger than its mailbox takes is held; off: it goes on with what its header says"`
	LoopRate            string   `json:"loop_rate" yaml:"loop_rate" doc:"so many messages by programs are let into one conversation in so much time, COUNT/PERIOD; empty: any number"`
	FloodSender         string   `json:"flood_sender" yaml:"flood_sender" doc:"so many messages of one sender are let through in so much time, as 100/1m; more are held. Empty: any number"`
	FloodDomain         string   `json:"flood_domain" yaml:"flood_domain" doc:"the same for all senders of one mail domain"`
	FloodChannel        string   `json:"flood_channel" yaml:"flood_channel" doc:"the same for one channel"`
	SpamHeader          string   `json:"spam_header" yaml:"spam_header" doc:"mail in which the topmost such header says yes is held, for mailboxes whose provider writes it: x-spam, x-spam-flag or x-spam-status. Empty: none is believed"`
	OptOut              bool     `json:"opt_out" yaml:"opt_out" doc:"an SMS that is a word like STOP, in one of many languages, and nothing else opts its sender out; one like START in again. Off: only providers say so"`
	OptOutWords         string   `json:"opt_out_words" yaml:"opt_out_words" doc:"more such words, separated by commas; -WORD is none"`
	OptInWords          string   `json:"opt_in_words" yaml:"opt_in_words" doc:"the same for those that opt in again"`
	ContactFields       string   `json:"contact_fields" yaml:"contact_fields" doc:"the names of contacts' own fields in the order in which they are shown, separated by commas; others follow by name"`
	LinkVerified        bool     `json:"link_verified" yaml:"link_verified" doc:"contacts are merged whose addresses one message proves, unless a rule names one of them; off: that is only suggested"`
	HeldKeep            Keep     `json:"held_keep" yaml:"held_keep" doc:"what the system itself holds is deleted after so long, as 2160h; or never"`
	HeldKeepRules       Keep     `json:"held_keep_rules" yaml:"held_keep_rules" doc:"the same for what rules hold"`
	ConversedKeep       Keep     `json:"conversed_keep" yaml:"conversed_keep" doc:"what messages in conversations say is deleted so long after they came; their conversations stay, and count them"`
	RawKeep             Keep     `json:"raw_keep" yaml:"raw_keep" doc:"messages in conversations as they came, and the files in them, are deleted so long after they came; what they say stays. Of chat and SMS that is one, and stays"`
	DeadKeep            Keep     `json:"dead_keep" yaml:"dead_keep" doc:"dead messages are deleted after so long"`
	AuditKeep           Keep     `json:"audit_keep" yaml:"audit_keep" doc:"lines of the audit are removed after so long"`
	Closed              bool     `json:"closed" yaml:"closed" doc:"closed mode: whoever is not allowed is held"`
	MediaMaxBytes       int64    `json:"media_max_bytes" yaml:"media_max_bytes" doc:"files that messages name are fetched up to so many octets"`
	MediaRefusedTypes   string   `json:"media_refused_types" yaml:"media_refused_types" doc:"files of these media types are not fetched: a list with commas between, as application/x-msdownload, video/*. Empty: of any type"`
	AlertRemind         Keep     `json:"alert_remind" yaml:"alert_remind" doc:"an alert that stands is told of again each time so long has passed; or never"`
	AlertUnopened       Keep     `json:"alert_unopened" yaml:"alert_unopened" doc:"alert of tickets of the blocked list that nobody has looked into for so long; or never"`
	AlertUnsettled      Keep     `json:"alert_unsettled" yaml:"alert_unsettled" doc:"alert of messages that wait to be decided for so long; or never"`
	AlertLate           Keep     `json:"alert_late" yaml:"alert_late" doc:"alert of channels that nobody has polled with success for so long; or never"`
	AlertDatabaseBytes  int64    `json:"alert_database_bytes" yaml:"alert_database_bytes" doc:"alert of a database of more octets; 0: of none"`
	AlertDiskFree       int      `json:"alert_disk_free" yaml:"alert_disk_free" doc:"alert of a process's file system that has less than so many percent free; 0: of none"`
	ClosedSparesKnown   bool     `json:"closed_spares_known" yaml:"closed_spares_known" doc:"closed mode lets those through who have had a conversation"`
}

// DefaultSettings is what a new installation starts with.
func DefaultSettings() Settings {
	return Settings{
		ChatBlockEnabled: true,
		BotMaxAge:        Duration(24 * time.Hour),
		ReopenWithin:     Duration(14 * 24 * time.Hour),
		CloseChatAfter:   Duration(30 * time.Minute),
		CloseSMSAfter:    Duration(72 * time.Hour),
		ChatShows:        "hide",
		ChatNotice:       Notices{anyLanguage: "You cannot write to us here."},
		MayBlock:         "agent",
		MayBan:           "supervisor",
		MayBlacklist:     "admin",
		APIRate:          3000,
		RuleAlarm:        20,
		ReviewIdle:       Keep(90 * 24 * time.Hour),
		ReviewWrong:      30,
		UnverifiedSender: Admit,
		AutoReply:        Append,
		Bounce:           Append,
		Feedback:         Append,
		List:             Admit,
		Loop:             Hold,
		HoldSize:         true,
		LoopRate:         "20/1h",
		OptOut:           true,
		LinkVerified:     true,
		HeldKeep:         Keep(90 * 24 * time.Hour),
		MediaMaxBytes:    32 << 20,
		AlertRemind:      Keep(24 * time.Hour),
		AlertUnopened:    Keep(24 * time.Hour),
		AlertUnsettled:   Keep(5 * time.Minute),
		AlertLate:        Keep(time.Hour),
		AlertDiskFree:    10,
	}
}

// Check says what is wrong with the settings; nil: nothing.
func (s Settings) Check() error {
	for name, role := range map[string]string{"may_block": s.MayBlock, "may_ban": s.MayBan, "may_blacklist": s.MayBlacklist} {
		if !Role(role).AtLeast(RoleAgent) {
			return fmt.Errorf("%s %q: want agent, supervisor or admin", name, role)
		}
	}
	for name, d := range map[string]Duration{"bot_max_age": s.BotMaxAge, "reopen_within": s.ReopenWithin,
		"close_chat_after": s.CloseChatAfter, "close_sms_after": s.CloseSMSAfter} {
		if d < 0 {
			return fmt.Errorf("%s %s: want a time that is not negative", name, time.Duration(d))
		}
	}
	for name, k := range map[string]Keep{"held_keep": s.HeldKeep, "held_keep_rules": s.HeldKeepRules,
		"conversed_keep": s.ConversedKeep, "raw_keep": s.RawKeep, "dead_keep": s.DeadKeep, "audit_keep": s.AuditKeep} {
		if k != 0 && k < leastKept {
			return fmt.Errorf("%s %s: want at least %s, or never", name, time.Duration(k), leastKept)
		}
	}
	for name, rate := range map[string]string{"flood_sender": s.FloodSender, "flood_domain": s.FloodDomain,
		"flood_channel": s.FloodChannel, "loop_rate": s.LoopRate} {
		if _, err := ParseRate(rate); err != nil {
			return fmt.Errorf("%s %q: %w", name, rate, err)
		}
	}
	if s.APIRate < leastRate {
		return fmt.Errorf("api_rate %d: want at least %d", s.APIRate, leastRate)
	}
	if s.TokenLongest != 0 && s.TokenLongest < leastKept {
		return fmt.Errorf("token_longest %s: want at least %s, or never", time.Duration(s.TokenLongest), leastKept)
	}
	if err := s.checkPolicies(); err != nil {
		return err
	}
	if err := s.checkOptWords(); err != nil {
		return err
	}
	if err := s.checkMedia(); err != nil {
		return err
	}
	if err := s.checkAlerts(); err != nil {
		return err
	}
	if s.RuleAlarm < 0 {
		return fmt.Errorf("rule_alarm %d: want a number that is not negative", s.RuleAlarm)
	}
	if err := s.checkReview(); err != nil {
		return err
	}
	if err := s.checkChat(); err != nil {
		return err
	}
	if s.SpamHeader != "" && !slices.Contains(SpamHeaders, s.SpamHeader) {
		return fmt.Errorf("spam_header %q: want %s, or nothing", s.SpamHeader, strings.Join(SpamHeaders, ", "))
	}
	return nil
}

// SpamHeaders are the headers in which providers say that a mail is spam.
var SpamHeaders = []string{"x-spam", "x-spam-flag", "x-spam-status"}

// leastRate leaves administrators enough requests to set another one.
const leastRate = 10

// leastKept is how long held messages stay at least: nobody decides about them
// within minutes.
const leastKept = Keep(time.Hour)

// Keep is how long something is kept, written as Go writes durations; 0 is for
// ever and written "never".
type Keep time.Duration

// String writes Go's form, or never.
func (k Keep) String() string {
	if k == 0 {
		return "never"
	}
	return time.Duration(k).String()
}

// MarshalText writes Go's form, or never.
func (k Keep) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads Go's form, or never.
func (k *Keep) UnmarshalText(b []byte) error {
	if string(b) == "never" {
		*k = 0
		return nil
	}
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q: want a time as 2160h, or never", b)
	}
	*k = Keep(v)
	return nil
}

// Duration is a time.Duration written as Go writes it: "30m", "72h".
type Duration time.Duration

// MarshalText writes Go's form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads Go's form.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err == nil {
		*d = Duration(v)
	}
	return err
}
