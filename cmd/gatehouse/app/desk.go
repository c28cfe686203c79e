package app

import (
	"context"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// desk is the store as the API has it: a change of the rules is in this
// process's memory before the answer is, so that the doors here act on it at
// once. Other processes learn of it within refreshEvery, and every settle
// under its lock.
type desk struct {
	*postgres.Store
	refresh func(context.Context)
}

func (a *App) desk() desk {
	return desk{a.Store, func(ctx context.Context) {
		if err := a.Store.Hear(ctx, a.Judge); err != nil {
			a.Log.Warn("rules not refreshed after a change", "error", err)
		}
	}}
}

// SetRule is the store's.
func (d desk) SetRule(ctx context.Context, o ingest.RuleOrder) (ingest.RuleSet, error) {
	set, err := d.Store.SetRule(ctx, o)
	if err == nil {
		d.refresh(ctx)
	}
	return set, err
}

// ChangeRule is the store's.
func (d desk) ChangeRule(ctx context.Context, c ingest.RuleChange) (int, error) {
	closed, err := d.Store.ChangeRule(ctx, c)
	if err == nil {
		d.refresh(ctx)
	}
	return closed, err
}

// ImportRules is the store's.
func (d desk) ImportRules(ctx context.Context, o ingest.RuleImport) (ingest.RuleImported, error) {
	done, err := d.Store.ImportRules(ctx, o)
	if err == nil {
		d.refresh(ctx)
	}
	return done, err
}

// Lift is the store's.
func (d desk) Lift(ctx context.Context, o ingest.LiftOrder) (ingest.Lifted, error) {
	lifted, err := d.Store.Lift(ctx, o)
	if err == nil {
		d.refresh(ctx)
	}
	return lifted, err
}

// SetSettings is the store's.
func (d desk) SetSettings(ctx context.Context, epoch int64, actor string, change func(*ingest.Settings) error) (ingest.Settings, int64, error) {
	s, now, err := d.Store.SetSettings(ctx, epoch, actor, change)
	if err == nil {
		d.refresh(ctx)
	}
	return s, now, err
}

// ChangeIdentity is the store's.
func (d desk) ChangeIdentity(ctx context.Context, c ingest.IdentityChange) error {
	err := d.Store.ChangeIdentity(ctx, c)
	if err == nil {
		d.refresh(ctx)
	}
	return err
}

// ChangeOpt is the store's.
func (d desk) ChangeOpt(ctx context.Context, o ingest.OptChange) error {
	err := d.Store.ChangeOpt(ctx, o)
	if err == nil {
		d.refresh(ctx)
	}
	return err
}
