package db

import (
	"context"
	"database/sql"
	"fmt"

	"touchstone.internal/pipeline"
)

// KnowsDevice tells whether the account has signed in on a device before.
func (d *DB) KnowsDevice(ctx context.Context, token, account string) (bool, error) {
	//nolint:gosec // the clock is a constant of the engine
	query := fmt.Sprintf(`
		SELECT COUNT(*)
		FROM devices
		WHERE token_hash = $1 AND account = $2 AND expires_at > %s`, d.engine.clock)
	var n int
	if err := d.read.QueryRowContext(ctx, query, hashToken(token), text(account)).Scan(&n); err != nil {
		return false, fmt.Errorf("find device: %w", err)
	}
	return n > 0, nil
}

// RememberDevice gives a device its new token, and forgets devices of which the
// time is over. The old token is no longer good: one that somebody else has put
// there is of no use to them.
func (d *DB) RememberDevice(ctx context.Context, v pipeline.Device) error {
	//nolint:gosec // the clock is a constant of the engine
	tidy := fmt.Sprintf(`
		DELETE FROM devices
		WHERE expires_at <= %s`, d.engine.clock)
	const rename = `
		UPDATE devices
		SET token_hash = $2
		WHERE token_hash = $1`
	const remember = `
		INSERT INTO devices (token_hash, account, expires_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (token_hash, account) DO UPDATE
		SET expires_at = excluded.expires_at`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, tidy); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, rename, hashToken(v.Before), hashToken(v.Token)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, remember, hashToken(v.Token), text(v.Account), micros(v.Until))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember device: %w", err)
	}
	return nil
}
