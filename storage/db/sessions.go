package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Sessions is where the desk keeps its sessions. Tokens are stored as their
// hash; a session that has run out is not found, by the database's clock, and
// is deleted when another one is stored.
func (d *DB) Sessions() scs.CtxStore { return sessions{d} }

type sessions struct{ db *DB }

// FindCtx gives the data of a session that has not run out.
func (s sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	//nolint:gosec // the clock is a constant of the engine
	query := fmt.Sprintf(`
		SELECT data
		FROM sessions
		WHERE token_hash = $1 AND expires_at > %s`, s.db.engine.clock)
	err = s.db.read.QueryRowContext(ctx, query, hashToken(token)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx stores a session, in place of what it held before.
func (s sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	const upsert = `
		INSERT INTO sessions (token_hash, data, expires_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE
		SET data = excluded.data, expires_at = excluded.expires_at`
	//nolint:gosec // the clock is a constant of the engine
	tidy := fmt.Sprintf(`
		DELETE FROM sessions
		WHERE expires_at <= %s`, s.db.engine.clock)
	if data == nil {
		data = []byte{}
	}
	err := s.db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, tidy); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, upsert, hashToken(token), data, micros(expiry))
		return err
	})
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session; one that is not there is no error.
func (s sessions) DeleteCtx(ctx context.Context, token string) error {
	const statement = `
		DELETE FROM sessions
		WHERE token_hash = $1`
	if _, err := s.db.write.ExecContext(ctx, statement, hashToken(token)); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// Find, Commit and Delete are asked for by scs.Store, which calls the ones
// with a context wherever it finds them.
func (s sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
