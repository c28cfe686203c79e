package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"gatehouse/ingest"
)

// lineReader reads the lines of an import against what is known once for all.
type lineReader struct {
	api      *api
	settings ingest.Settings
	channels []ingest.ChannelHealth
	form     string
	list     []listed
	items    []ingest.RuleItem // of the list, those that are rules
	at       []int             // their lines
}

// setting are the rules that the list sets, and which items they are.
func (l *lineReader) setting() (rules []ingest.Rule, at []int) {
	for i, item := range l.items {
		if !item.Lifted {
			rules, at = append(rules, ingest.Rule{Kind: item.Kind, Target: item.Target}), append(at, i)
		}
	}
	return rules, at
}

func (a *api) lineReader(ctx context.Context) (*lineReader, error) {
	settings, _, err := a.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	all, err := a.Store.Health(ctx, "")
	return &lineReader{api: a, settings: settings, channels: all}, err
}

// readAll reads a list. An error is one that the list as a whole has.
func (l *lineReader) readAll(ctx context.Context, form string, body []byte) (err error) {
	if l.form, l.list, err = readList(form, body); err != nil {
		return err
	}
	switch {
	case len(l.list) > maxRules:
		return badField("body", fmt.Sprintf("has more than %d rules: send it in parts", maxRules))
	case len(l.list) == 0:
		return badField("body", "has no rule: send one a line, as JSON, as CSV, or a list of Zendesk's")
	}
	for i := range l.list {
		if err := l.readOne(ctx, &l.list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *lineReader) readOne(ctx context.Context, entry *listed) error {
	if entry.fault != nil || entry.skipped != "" {
		return nil
	}
	item, err := l.read(ctx, entry.rule)
	var p *Problem
	switch {
	case errors.As(err, &p), ingest.Invalid(err):
		entry.fault = err
	case err != nil:
		return err
	default:
		entry.item = len(l.items)
		l.items, l.at = append(l.items, item), append(l.at, entry.line)
	}
	return nil
}

// importable refuses a list of which something is wrong, and one of which not all
// becomes a rule, or not by its own words, until that was confirmed.
func (l *lineReader) importable(confirmed bool) error {
	var faults []FieldError
	foreign := l.form == listAllow || l.form == listBlock
	for _, entry := range l.list {
		if entry.fault != nil && len(faults) < maxFaults {
			faults = append(faults, FieldError{strings.TrimSpace(fmt.Sprintf("line %d %s", entry.line, entry.text)), entry.fault.Error()})
		}
	}
	switch {
	case len(faults) > 0:
		return &Problem{Type: "invalid", Status: http.StatusUnprocessableEntity, Errors: faults,
			Detail: "nothing was imported: " + faults[0].Field + ": " + faults[0].Says}
	case foreign && !confirmed:
		return conflict("confirm-required", "look at what becomes of each entry with dry_run=true, then send the same list with confirm=true")
	case len(l.items) == 0:
		return badField("body", "has no rule: see what dry_run=true says of its entries")
	}
	return nil
}

// read makes a rule of a line, and holds it against all that setting or lifting
// it alone would be held against.
func (l *lineReader) read(ctx context.Context, in RuleLine) (ingest.RuleItem, error) {
	item := ingest.RuleItem{Kind: in.Kind, Reason: strings.TrimSpace(in.Reason), Comment: in.Comment, SpareKnown: in.SpareKnown,
		ExpiresAt: in.ExpiresAt, OnExpiry: in.OnExpiry, Lifted: in.Lifted}
	if item.OnExpiry == "" {
		item.OnExpiry = ingest.ExpiryKeep
	}
	if err := l.checkTerms(ctx, item); err != nil {
		return item, err
	}
	var err error
	if item.Target, err = l.target(ctx, in); err != nil {
		return item, err
	}
	if err := mayTarget(ctx, item.Target); err != nil {
		return item, err
	}
	if err := l.checkContact(ctx, item); err != nil {
		return item, err
	}
	reach, err := reachAmong(l.channels, item.Target, in.Scope)
	item.Scope = reach.scope
	if err != nil || item.Lifted {
		return item, err
	}
	return item, featureOff(l.settings, ingest.RuleOrder{Kind: item.Kind, Target: item.Target, Scope: item.Scope}, reach)
}

// target reads a line's target. What lifts may be on anybody.
func (l *lineReader) target(ctx context.Context, in RuleLine) (ingest.Target, error) {
	if !in.Lifted {
		return l.api.readTarget(ctx, in.Target)
	}
	target, err := l.api.Region.ParseTarget(in.Target)
	if err != nil {
		return target, badField("target", err.Error())
	}
	return target, nil
}

func (l *lineReader) checkTerms(ctx context.Context, item ingest.RuleItem) error {
	least, known := leastOf(l.settings)[item.Kind]
	switch {
	case !known:
		return badField("kind", "want ban, block, blacklist or allow")
	case utf8.RuneCountInString(item.Reason) > 100:
		return badField("reason", "is longer than 100 characters")
	case utf8.RuneCountInString(item.Comment) > 2000:
		return badField("comment", "is longer than 2000 characters")
	case item.OnExpiry != ingest.ExpiryKeep && item.OnExpiry != ingest.ExpiryRelease:
		return badField("on_expiry", "want keep or release")
	case !item.Lifted && item.ExpiresAt != nil && !item.ExpiresAt.After(l.api.Now()):
		return badField("expires_at", "has passed: leave the line out, or say lifted")
	}
	return mustBe(ctx, least)
}

func (l *lineReader) checkContact(ctx context.Context, item ingest.RuleItem) error {
	if item.Target.Kind != "contact" || item.Lifted {
		return nil
	}
	id, err := ingest.ParseID(item.Target.Value)
	if err != nil {
		return err
	}
	if _, err = l.api.Store.Contact(ctx, id); errors.Is(err, ingest.ErrNotFound) {
		return badField("target", "there is no such contact here")
	}
	return err
}
