package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
)

// tokenColumns are the columns that scanToken reads, in order.
const tokenColumns = `id, account, made_by, made_at, expires_at, used_at, revoked_at` //nolint:gosec // names of columns

func scanToken(scan func(...any) error) (t pipeline.Token, err error) {
	var made, expires, used, revoked int64
	err = scan(&t.ID, &t.Account, &t.MadeBy, &made, &expires, &used, &revoked)
	t.MadeAt, t.ExpiresAt, t.UsedAt, t.RevokedAt = timeOf(made), timeOf(expires), timeOf(used), timeOf(revoked)
	return t, err
}

// CreateToken keeps a token; see pipeline.Tokens.
func (d *DB) CreateToken(ctx context.Context, t pipeline.Token, secret string, deed pipeline.Deed) error {
	const statement = `
		INSERT INTO tokens (id, account, secret_hash, made_by, made_at, expires_at, used_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		switch role, err := roleOf(ctx, tx, t.Account); {
		case err != nil:
			return err
		case role == "":
			a := pipeline.Account{Name: t.Account, Title: t.Account, Role: pipeline.RoleMachine}
			if err := insertAccount(ctx, tx, a, deed); err != nil {
				return err
			}
		case role != pipeline.RoleMachine:
			return pipeline.ErrConflict
		}
		if _, err := tx.ExecContext(ctx, statement, t.ID, text(t.Account), hashToken(secret), deed.By.Account, micros(deed.At), micros(t.ExpiresAt)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, tokenEvent(t.ID, "made", deed))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	return nil
}

func tokenEvent(id, detail string, deed pipeline.Deed) pipeline.AuditEvent {
	return pipeline.AuditEvent{At: deed.At, Actor: deed.By, Operation: pipeline.OpAlter, Object: pipeline.TokenObject(id), Detail: detail}
}

// FindToken gives the token of a secret; ErrNotFound if there is none.
func (d *DB) FindToken(ctx context.Context, secret string) (pipeline.Token, error) {
	const query = `
		SELECT ` + tokenColumns + `
		FROM tokens
		WHERE secret_hash = $1`
	t, err := scanToken(d.read.QueryRowContext(ctx, query, hashToken(secret)).Scan)
	if err != nil {
		return pipeline.Token{}, fmt.Errorf("find token: %w", notFound(err))
	}
	return t, nil
}

// ListTokens gives tokens, the newest first, beginning after one.
func (d *DB) ListTokens(ctx context.Context, after string, limit int) ([]pipeline.Token, error) {
	const query = `
		SELECT ` + tokenColumns + `
		FROM tokens
		WHERE $1 = '' OR (made_at, id) < (SELECT made_at, id FROM tokens WHERE id = $1)
		ORDER BY made_at DESC, id DESC
		LIMIT $2`
	rows, err := d.read.QueryContext(ctx, query, text(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	defer rows.Close()
	var all []pipeline.Token
	for rows.Next() {
		t, err := scanToken(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list tokens: %w", err)
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// UseToken notes that a token was used.
func (d *DB) UseToken(ctx context.Context, id string, now time.Time) error {
	const statement = `
		UPDATE tokens
		SET used_at = $2
		WHERE id = $1 AND used_at < $2`
	if _, err := d.write.ExecContext(ctx, statement, text(id), micros(now)); err != nil {
		return fmt.Errorf("use token: %w", err)
	}
	return nil
}

// RevokeToken ends a token, once.
func (d *DB) RevokeToken(ctx context.Context, id string, deed pipeline.Deed) error {
	const statement = `
		UPDATE tokens
		SET revoked_at = $2
		WHERE id = $1 AND revoked_at = 0
		RETURNING id`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, statement, text(id), micros(deed.At)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return tx.QueryRowContext(ctx, "SELECT id FROM tokens WHERE id = $1", text(id)).Scan(&id)
		}
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, tokenEvent(id, "revoked", deed))
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", notFound(err))
	}
	return nil
}
