package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlHookCount        = statement("hook_count")
	sqlHookRefusalsKeep = statement("hook_refusals_keep")
	sqlHookRefusalsDrop = statement("hook_refusals_drop")
	sqlHookSecretsKeep  = statement("hook_secrets_keep")
	sqlHookSecretsDrop  = statement("hook_secrets_drop")
	sqlHookSecretsUsed  = statement("hook_secrets_used")
)

// NoteHooks keeps what a process noted of its hooks, all of it or nothing.
func (s *Store) NoteHooks(ctx context.Context, n ingest.HookNotes) error {
	var b pgx.Batch
	for _, queue := range []func(context.Context, *pgx.Batch, ingest.HookNotes) error{s.queueCounts, s.queueRefusals, s.queueSecrets} {
		if err := queue(ctx, &b, n); err != nil {
			return fmt.Errorf("note requests: %w", err)
		}
	}
	err := s.tx(ctx, func(tx pgx.Tx) error { return tx.SendBatch(ctx, &b).Close() })
	if err != nil {
		return fmt.Errorf("note requests: %w", err)
	}
	return nil
}

func (s *Store) queueCounts(ctx context.Context, b *pgx.Batch, n ingest.HookNotes) error {
	var ids []int32
	var minutes, first, last []time.Time
	var causes []string
	var counts []int64
	for _, x := range n.Counts {
		c, err := s.channel(ctx, x.Channel)
		if err != nil {
			return err
		}
		ids, minutes, causes, counts = append(ids, c.ID), append(minutes, x.Minute), append(causes, x.Cause), append(counts, x.N)
		first, last = append(first, x.First), append(last, x.Last)
	}
	if ids != nil {
		b.Queue(sqlHookCount, ids, minutes, causes, counts, first, last)
	}
	return nil
}

func (s *Store) queueRefusals(ctx context.Context, b *pgx.Batch, n ingest.HookNotes) error {
	var ids []int32
	var at []time.Time
	var causes, says, methods, urls, addresses, headers []string
	var sizes []int64
	for _, name := range slices.Sorted(maps.Keys(n.Refusals)) {
		c, err := s.channel(ctx, name)
		if err != nil {
			return err
		}
		for _, r := range n.Refusals[name] {
			ids, at, causes, says = append(ids, c.ID), append(at, r.At), append(causes, r.Cause), append(says, text(r.Says))
			methods, urls, addresses = append(methods, text(r.Method)), append(urls, text(r.URL)), append(addresses, text(r.Address))
			headers, sizes = append(headers, toJSON(r.Headers)), append(sizes, r.Size)
		}
	}
	if ids != nil {
		b.Queue(sqlHookRefusalsKeep, ids, at, causes, says, methods, urls, addresses, headers, sizes)
		b.Queue(sqlHookRefusalsDrop, ids)
	}
	return nil
}

func (s *Store) queueSecrets(ctx context.Context, b *pgx.Batch, n ingest.HookNotes) error {
	for _, name := range slices.Sorted(maps.Keys(n.Secrets)) {
		c, err := s.channel(ctx, name)
		if err != nil {
			return err
		}
		keys, prints, places := []string{}, []string{}, []int32{}
		for _, x := range n.Secrets[name] {
			keys, prints, places = append(keys, x.Key), append(prints, x.Fingerprint), append(places, int32(x.Index))
		}
		b.Queue(sqlHookSecretsDrop, c.ID, keys, prints)
		b.Queue(sqlHookSecretsKeep, c.ID, keys, prints, places)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Uses)) {
		c, err := s.channel(ctx, name)
		if err != nil {
			return err
		}
		for _, x := range n.Uses[name] {
			b.Queue(sqlHookSecretsUsed, c.ID, x.Key, x.Fingerprint, x.UsedAt)
		}
	}
	return nil
}
