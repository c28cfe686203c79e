package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type mergeStore interface {
	Merge(ctx context.Context, o ingest.MergeOrder) (ingest.MergeDone, error)
	MergeAsks(ctx context.Context, o ingest.MergeOrder) (bool, error)
	UndoMerge(ctx context.Context, id int64, actor string) error
	Merges(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Merge], error)
	MergeByID(ctx context.Context, id int64) (ingest.Merge, error)
	Suggestions(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Suggestion], error)
	DismissSuggestion(ctx context.Context, id int64, actor string) error
}

func (a *api) merges() {
	route(a, op{does: "POST /contacts/{id}/merge", least: ingest.RoleSupervisor, once: true, status: http.StatusCreated, or: http.StatusOK,
		says: "Makes one contact of two: the one that is named as into stays, and answers for the id of the other from now on. " +
			"409 merge-choice-required if they stand differently: say whose rules are to stand. 200: they are one already, or dry_run."}, a.mergeContacts)
	route(a, op{does: "GET /contacts/{id}/merges", least: ingest.RoleSupervisor,
		says: "Lists the merges that a contact took part in, the last first, with what the contact that went was said to be."}, a.listMerges)
	route(a, op{does: "GET /merges/{id}", least: ingest.RoleSupervisor, says: "Returns a merge."}, a.getMerge)
	route(a, op{does: "POST /merges/{id}/undo", least: ingest.RoleSupervisor, once: true, status: http.StatusOK,
		says: "Makes two contacts again of what a merge made one. What came since is with whom it came from, by the address; rules that the merge lifted stand again. " +
			"409 if it was undone, or if its survivor was merged later: undo that first."}, a.undoMerge)
	route(a, op{does: "GET /suggestions", least: ingest.RoleSupervisor,
		says: "Lists pairs of contacts that may be one person, the last first: addresses of both came in one message, or one typed an address of the other's."}, a.listSuggestions)
	route(a, op{does: "DELETE /suggestions/{id}", least: ingest.RoleSupervisor,
		says: "Says that the two are not one person: they are neither suggested nor linked again."}, a.dismissSuggestion)
}

// MergeInput merges one contact into another.
type MergeInput struct {
	ByID
	Body struct {
		Into   ingest.ID         `json:"into" doc:"the contact that stays"`
		Rules  ingest.MergeRules `json:"rules,omitempty" enum:"keep_both,keep_survivor,keep_merged" doc:"which rules stand; required if the two stand differently"`
		DryRun bool              `json:"dry_run,omitempty" doc:"only say what would be"`
		Choice
	}
}

// MergeAnswer is what a merge came to, or would.
type MergeAnswer struct {
	Merge   *ingest.Merge  `json:"merge"`
	Contact ingest.Contact `json:"contact"` // that stays
	Job     *ingest.Job    `json:"job"`     // that works off what lifted rules held
	Would   *MergePreview  `json:"would,omitempty"`
}

func (a *api) mergeContacts(ctx context.Context, in *MergeInput) (*Answer[MergeAnswer], error) {
	o := ingest.MergeOrder{Contact: in.ID, Into: in.Body.Into, Rules: in.Body.Rules, Held: in.Body.Held, To: in.Body.To, Actor: who(ctx).Name}
	if _, err := a.Store.Contact(ctx, o.Into); err != nil {
		return nil, orUnknown(err, badField("into", "there is no such contact"))
	}
	if err := a.mayLiftBy(ctx, o); err != nil {
		return nil, err
	}
	asks, err := a.Store.MergeAsks(ctx, o)
	if err != nil {
		return nil, err
	}
	if in.Body.DryRun || asks && o.Rules == "" {
		return a.previewMerge(ctx, o, asks, in.Body.DryRun)
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		done, err := a.Store.Merge(ctx, o)
		return ingest.Outcome{Status: statusOf(done.Fresh), Merge: done.Merge, Job: done.Job}, err
	}, a.mergeAnswer)
}

// mayLiftBy holds that who merges might lift, one by one, the rules that the
// merge is to lift.
func (a *api) mayLiftBy(ctx context.Context, o ingest.MergeOrder) error {
	lifted := map[ingest.MergeRules]ingest.ID{ingest.MergeKeepSurvivor: o.Contact, ingest.MergeKeepMerged: o.Into}[o.Rules]
	if lifted.IsZero() {
		return nil
	}
	rules, err := a.rulesOn(ctx, lifted)
	for _, r := range rules {
		if _, err := a.mayRule(ctx, r.Kind); err != nil {
			return err
		}
	}
	return err
}

func (a *api) mergeAnswer(ctx context.Context, out ingest.Outcome) (MergeAnswer, error) {
	m, err := a.Store.MergeByID(ctx, out.Merge)
	if err != nil {
		return MergeAnswer{}, err
	}
	c, err := a.showContact(ctx, m.Into)
	if err != nil {
		return MergeAnswer{}, err
	}
	job, err := a.jobAnswer(ctx, out)
	return MergeAnswer{Merge: &m, Contact: c.Body, Job: job}, err
}

// MergesInput asks for the merges of a contact.
type MergesInput struct {
	ByID
	Paging
}

func (a *api) listMerges(ctx context.Context, in *MergesInput) (*Body[ingest.List[ingest.Merge]], error) {
	if _, err := a.Store.Contact(ctx, in.ID); err != nil {
		return nil, err
	}
	return body(a.Store.Merges(ctx, in.ID, in.part()))
}

func (a *api) getMerge(ctx context.Context, in *ByNumber) (*Body[ingest.Merge], error) {
	return body(a.Store.MergeByID(ctx, in.ID))
}

func (a *api) undoMerge(ctx context.Context, in *ByNumber) (*Answer[MergeAnswer], error) {
	actor := who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusOK, Merge: in.ID}, a.Store.UndoMerge(ctx, in.ID, actor)
	}, a.mergeAnswer)
}

// mostSuggested is how many suggestions a contact shows.
const mostSuggested = 10

// SuggestionsInput asks for suggestions.
type SuggestionsInput struct {
	Paging
	Contact ingest.ID `query:"contact_id" doc:"only those about this contact"`
}

func (a *api) listSuggestions(ctx context.Context, in *SuggestionsInput) (*Body[ingest.List[ingest.Suggestion]], error) {
	return body(a.Store.Suggestions(ctx, in.Contact, in.part()))
}

func (a *api) dismissSuggestion(ctx context.Context, in *ByNumber) (*Nothing, error) {
	return &Nothing{}, a.Store.DismissSuggestion(ctx, in.ID, who(ctx).Name)
}
