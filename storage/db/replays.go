package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"touchstone.internal/pipeline"
)

// BeginReplay notes a request; see pipeline.Replays. What is too old, or was
// lost on its way, is forgotten first.
func (d *DB) BeginReplay(ctx context.Context, r pipeline.Replay) (before pipeline.Replay, first bool, err error) {
	const tidy = `
		DELETE FROM replays
		WHERE begun_at <= $1 OR status = 0 AND begun_at <= $2`
	const insert = `
		INSERT INTO replays (account, key, digest, status, location, empty, begun_at)
		VALUES ($1, $2, '', 0, '', 0, $3)
		ON CONFLICT (account, key) DO NOTHING
		RETURNING account`
	const query = `
		SELECT account, key, digest, status, location, empty, begun_at
		FROM replays
		WHERE account = $1 AND key = $2`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, tidy, micros(r.BegunAt.Add(-pipeline.ReplayFor)), micros(r.BegunAt.Add(-pipeline.ReplayLost))); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, insert, text(r.Account), text(r.Key), micros(r.BegunAt)).Scan(&r.Account)
		if err == nil {
			first = true
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var begun, empty int64
		err = tx.QueryRowContext(ctx, query, text(r.Account), text(r.Key)).
			Scan(&before.Account, &before.Key, &before.Digest, &before.Status, &before.Location, &empty, &begun)
		before.Empty, before.BegunAt = empty != 0, timeOf(begun)
		return err
	})
	if err != nil {
		return before, false, fmt.Errorf("begin request: %w", err)
	}
	return before, first, nil
}

// EndReplay notes how a request was answered.
func (d *DB) EndReplay(ctx context.Context, r pipeline.Replay) error {
	const statement = `
		UPDATE replays
		SET digest = $3, status = $4, location = $5, empty = $6
		WHERE account = $1 AND key = $2 AND status = 0`
	empty := 0
	if r.Empty {
		empty = 1
	}
	if _, err := d.write.ExecContext(ctx, statement, text(r.Account), text(r.Key), r.Digest, r.Status, text(r.Location), empty); err != nil {
		return fmt.Errorf("end request: %w", err)
	}
	return nil
}

// DropReplay forgets a request that is under way.
func (d *DB) DropReplay(ctx context.Context, r pipeline.Replay) error {
	const statement = `
		DELETE FROM replays
		WHERE account = $1 AND key = $2 AND status = 0`
	if _, err := d.write.ExecContext(ctx, statement, text(r.Account), text(r.Key)); err != nil {
		return fmt.Errorf("drop request: %w", err)
	}
	return nil
}
