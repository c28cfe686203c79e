package httpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// What a rule's scope may take up: an item in octets, and all of it together
// with the target, which stand in one entry of an index.
const (
	maxScopeItem = 64
	maxScope     = 2000
)

// reach is a scope, sorted and each item once, and what it comes to.
type reach struct {
	scope      []string
	kinds      []string // of the channels in it; of all of them if it is empty
	everywhere bool     // no channel is outside of it
}

// reach makes a scope canonical. It refuses channels and kinds that do not
// exist: such a rule would match nothing and nobody would know.
func (a *api) reach(ctx context.Context, target ingest.Target, scope []string) (reach, error) {
	all, err := a.Store.Health(ctx, "")
	if err != nil {
		return reach{}, err
	}
	return reachAmong(all, target, scope)
}

func reachAmong(all []ingest.ChannelHealth, target ingest.Target, scope []string) (reach, error) {
	r := reach{scope: slices.Compact(slices.Sorted(slices.Values(scope)))}
	if r.scope == nil {
		r.scope = []string{}
	}
	size := len(target.Value)
	for _, s := range r.scope {
		size += len(s) + 8
		if len(s) > maxScopeItem {
			return r, badField("scope", fmt.Sprintf("an item is longer than %d octets", maxScopeItem))
		}
	}
	if size > maxScope && len(r.scope) > 0 {
		return r, badField("scope", fmt.Sprintf("is longer than %d octets with the target: name kinds of channels", maxScope))
	}
	return r, r.resolve(all)
}

func (r *reach) resolve(all []ingest.ChannelHealth) error {
	found := map[string]bool{}
	r.everywhere = true
	for _, c := range all {
		byName, byKind := slices.Contains(r.scope, c.Name), slices.Contains(r.scope, "kind:"+c.Kind)
		if byName {
			found[c.Name] = true
		}
		if byKind {
			found["kind:"+c.Kind] = true
		}
		if len(r.scope) == 0 || byName || byKind {
			r.kinds = append(r.kinds, c.Kind)
		} else if c.State != "retired" {
			r.everywhere = false
		}
	}
	for _, s := range r.scope {
		if found[s] {
			continue
		}
		if kind, ok := strings.CutPrefix(s, "kind:"); ok {
			return badField("scope", "there is no channel of the kind "+kind)
		}
		return badField("scope", "there is no channel "+s)
	}
	return nil
}

// featureOff guards what an administrator has to switch on first, by what a
// scope comes to, however it is written. Rules that stand stay in force.
func featureOff(s ingest.Settings, o ingest.RuleOrder, r reach) error {
	if o.Kind != ingest.Block {
		return nil
	}
	if r.everywhere && o.Target.Kind == "contact" && !s.BlockContactEnabled {
		return conflict("feature-off", "blocks of a contact on all channels are switched off: block_contact_enabled")
	}
	chats := slices.Contains(r.kinds, "chat") && (len(o.Scope) > 0 || o.Target.Kind == "visitor")
	if chats && !s.ChatBlockEnabled {
		return conflict("feature-off", "blocks of chat users are switched off: chat_block_enabled")
	}
	return nil
}
