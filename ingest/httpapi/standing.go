package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gatehouse/ingest"
)

func (a *api) standing() {
	route(a, op{does: "GET /standing", least: ingest.RoleAgent,
		says: "Says how somebody stands: whether they may write, be written to, be answered by a machine. It is what a message from there would meet, told from memory: a change shows within a second."}, a.getStanding)
	route(a, op{does: "POST /standing", reads: true, least: ingest.RoleAgent,
		says: "Says it of up to 1,000 at once, in their order."}, a.getStandings)
}

// Whom names somebody by an identity, an address or both, on a channel or
// anywhere.
type Whom struct {
	Kind    string `json:"kind,omitempty" query:"kind" doc:"email, phone, visitor, telegram …"`
	Value   string `json:"value,omitempty" query:"value"`
	IP      string `json:"ip,omitempty" query:"ip"`
	Channel string `json:"channel,omitempty" query:"channel" doc:"without it only rules for all channels count"`
}

// StandingInput asks of one.
type StandingInput struct{ Whom }

// StandingsInput asks of many.
type StandingsInput struct {
	Body struct {
		Items []Whom `json:"items" minItems:"1" maxItems:"1000"`
	}
}

func (a *api) getStanding(ctx context.Context, in *StandingInput) (*Body[ingest.Standing], error) {
	list, err := a.standings(ctx, []Whom{in.Whom}, single)
	if err != nil {
		return nil, err
	}
	return body(list[0], nil)
}

func (a *api) getStandings(ctx context.Context, in *StandingsInput) (*Body[ingest.List[ingest.Standing]], error) {
	list, err := a.standings(ctx, in.Body.Items, itemOf)
	return body(ingest.List[ingest.Standing]{Items: list}, err)
}

// standings tells from memory; the database is asked of those alone who meet a
// rule with spare_known, or closed mode with it, or opted out.
func (a *api) standings(ctx context.Context, asked []Whom, at place) ([]ingest.Standing, error) {
	if err := a.fresh(ctx); err != nil {
		return nil, err
	}
	whom, err := a.asked(ctx, asked, at)
	if err != nil {
		return nil, err
	}
	now := a.Now()
	told := a.Judge.Foretell(whom, now)
	if err := a.talkedOf(ctx, whom, told, now); err != nil {
		return nil, err
	}
	list := make([]ingest.Standing, len(told))
	for i := range told {
		list[i] = told[i].Standing
	}
	return list, a.optedOf(ctx, whom, told, list)
}

// fresh brings what is in memory up to date, unless that is young enough.
func (a *api) fresh(ctx context.Context) error {
	if a.Fresh > 0 && time.Since(a.Judge.Heard()) < a.Fresh {
		return nil
	}
	return a.Store.Hear(ctx, a.Judge)
}

// A place says where a field of the nth who is asked for stands in the request.
type place func(n int, field string) string

func single(_ int, field string) string { return field }

func itemOf(n int, field string) string { return fmt.Sprintf("items[%d].%s", n, field) }

// blame is err, a problem with a field of the nth, at its place.
func (at place) blame(n int, err error) error {
	var p *Problem
	if !errors.As(err, &p) || len(p.Errors) != 1 {
		return err
	}
	return badField(at(n, p.Errors[0].Field), p.Errors[0].Says)
}

func (a *api) asked(ctx context.Context, list []Whom, at place) ([]ingest.Asked, error) {
	kinds, err := a.kindsOf(ctx, list, at)
	if err != nil {
		return nil, err
	}
	asked := make([]ingest.Asked, len(list))
	for i, w := range list {
		id, ip, err := w.parse(a.Region)
		if err != nil {
			return nil, at.blame(i, err)
		}
		asked[i] = ingest.Asked{IP: ip, Channel: w.Channel, Kind: kinds[w.Channel].name, Family: kinds[w.Channel].family}
		if id.Kind != "" {
			asked[i].Identities = []ingest.Identity{id}
		}
	}
	return asked, nil
}

// talkedOf judges those again of whom it counts when they first talked with us.
func (a *api) talkedOf(ctx context.Context, asked []ingest.Asked, told []ingest.Foretold, now time.Time) error {
	var ids []ingest.Identity
	var at []int
	for i := range told {
		if told[i].Talked && len(asked[i].Identities) > 0 {
			ids, at = append(ids, asked[i].Identities[0]), append(at, i)
		}
	}
	if ids == nil {
		return nil
	}
	contacts, err := a.Store.Known(ctx, ids)
	if err != nil {
		return err
	}
	talked, err := a.Store.TalkedSince(ctx, contacts)
	for n, i := range at {
		if since := talked[contacts[n]]; !since.IsZero() {
			told[i].Standing = a.Judge.Knowing(asked[i], since, now)
		}
	}
	return err
}

// optedOf adds where those opted out who may have.
func (a *api) optedOf(ctx context.Context, asked []ingest.Asked, told []ingest.Foretold, list []ingest.Standing) error {
	var ids []ingest.Identity
	var at []int
	for i := range told {
		if told[i].Opted {
			ids, at = append(ids, asked[i].Identities[0]), append(at, i)
		}
	}
	if ids == nil {
		return nil
	}
	outs, err := a.optOuts(ctx, nil, ids)
	for n, i := range at {
		list[i] = list[i].AfterOptOuts(ids[n:n+1], asked[i].Channel, outs)
	}
	return err
}

// parse makes what was asked canonical.
func (w Whom) parse(r ingest.Region) (id ingest.Identity, ip netip.Addr, err error) {
	if w.Kind == "" && w.IP == "" {
		return id, ip, badField("kind", "name somebody by kind and value, by ip, or by both")
	}
	if w.Kind != "" {
		value := w.Value
		if number, err := r.Phone(value); w.Kind == "phone" && err == nil {
			value = number
		}
		if id, err = ingest.ParseIdentity(w.Kind, value, ingest.Verified); err != nil {
			return id, ip, badField("value", err.Error())
		}
	}
	if w.IP != "" {
		if ip, err = netip.ParseAddr(w.IP); err != nil {
			return id, ip, badField("ip", "not an IP address")
		}
		ip = ingest.CanonicalIP(ip)
	}
	return id, ip, nil
}

// kindOf is what rules ask of a channel.
type kindOf struct {
	name   string
	family ingest.Family
}

// kindsOf finds of what kind the channels are that are asked for.
func (a *api) kindsOf(ctx context.Context, asked []Whom, at place) (map[string]kindOf, error) {
	kinds := map[string]kindOf{"": {}}
	for i, w := range asked {
		if _, seen := kinds[w.Channel]; seen {
			continue
		}
		if kind, family, known := a.Store.KindOf(w.Channel); known {
			kinds[w.Channel] = kindOf{kind, family}
			continue
		}
		h, err := a.Store.Health(ctx, w.Channel)
		if err != nil {
			return nil, err
		}
		if len(h) == 0 {
			return nil, badField(at(i, "channel"), fmt.Sprintf("there is no channel %q", w.Channel))
		}
		kinds[w.Channel] = kindOf{h[0].Kind, h[0].Family}
	}
	return kinds, nil
}

// people are contacts with what rules ask of them: their identities, and when
// they first talked with us; and of all addresses where those opted out.
type people struct {
	api    *api
	of     map[ingest.ID][]ingest.ContactIdentity
	talked map[ingest.ID]time.Time
	outs   map[string][]ingest.OptedOut // by Key
}

// people reads the identities of contacts, and brings the rules up to date. More
// addresses are those that nobody may be known by.
func (a *api) people(ctx context.Context, contacts []ingest.ID, more ...ingest.Identity) (people, error) {
	if err := a.renew(ctx); err != nil {
		return people{}, err
	}
	of, err := a.Store.Identities(ctx, contacts)
	if err != nil {
		return people{}, err
	}
	talked, err := a.Store.TalkedSince(ctx, contacts)
	if err != nil {
		return people{}, err
	}
	outs, err := a.optOuts(ctx, of, more)
	return people{a, of, talked, outs}, err
}

func (p people) identities(contact ingest.ID) []ingest.Identity {
	var ids []ingest.Identity
	for _, i := range p.of[contact] {
		if i.Joins() {
			ids = append(ids, i.Identity)
		}
	}
	return ids
}

// knows adds addresses of a contact to those that were read.
func (p people) knows(contact ingest.ID, ids []ingest.Identity) {
	for _, id := range ids {
		p.of[contact] = append(p.of[contact], ingest.ContactIdentity{Identity: id})
	}
}

func (p people) standing(contact ingest.ID, channel, kind string) ingest.Standing {
	ids := p.identities(contact)
	s := p.api.Judge.Standing(ids, contact, p.talked[contact], netip.Addr{}, channel, kind, p.api.Now())
	return s.AfterOptOuts(ids, channel, p.outs)
}

// renew brings the rules in memory to the epoch of the database, so that who
// has just set a rule sees it.
func (a *api) renew(ctx context.Context) error {
	_, err := a.renewed(ctx)
	return err
}

// renewed is renew; it returns the settings.
func (a *api) renewed(ctx context.Context) (ingest.Settings, error) {
	now, epoch, err := a.Store.Settings(ctx)
	if err != nil || epoch <= a.Judge.Epoch() {
		return now, err
	}
	return now, a.Store.Hear(ctx, a.Judge)
}
