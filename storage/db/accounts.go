package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
)

// accountColumns are the columns that scanAccount reads, in order.
const accountColumns = `name, title, role, password_hash, locked_at, one_time_until, epoch, need_to_know`

func scanAccount(scan func(...any) error) (a pipeline.Account, err error) {
	var locked, oneTime int64
	var need int
	err = scan(&a.Name, &a.Title, &a.Role, &a.PasswordHash, &locked, &oneTime, &a.Epoch, &need)
	a.NeedToKnow = need != 0
	a.LockedAt, a.OneTimeUntil = timeOf(locked), timeOf(oneTime)
	return a, err
}

// accountEvent is a change of an account as the audit log has it.
func accountEvent(name, detail string, deed pipeline.Deed) pipeline.AuditEvent {
	return pipeline.AuditEvent{
		At: deed.At, Actor: deed.By, Operation: pipeline.OpAlter, Object: pipeline.AccountObject(name), Detail: detail,
	}
}

// CreateAccount adds an account; ErrConflict if the name is taken.
func (d *DB) CreateAccount(ctx context.Context, a pipeline.Account, deed pipeline.Deed) error {
	err := d.inTx(ctx, func(tx *sql.Tx) error { return insertAccount(ctx, tx, a, deed) })
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("create account: %w", err)
	}
	return nil
}

func insertAccount(ctx context.Context, tx *sql.Tx, a pipeline.Account, deed pipeline.Deed) error {
	const statement = `
		INSERT INTO accounts (name, title, role, password_hash, locked_at, one_time_until, epoch)
		VALUES ($1, $2, $3, $4, $5, $6, 1)`
	_, err := tx.ExecContext(ctx, statement, text(a.Name), text(a.Title), a.Role, a.PasswordHash, micros(a.LockedAt), micros(a.OneTimeUntil))
	if err != nil {
		return err
	}
	return appendAudit(ctx, tx, accountEvent(a.Name, "added_"+string(a.Role), deed))
}

// FindAccount gives the account of that name; ErrNotFound if there is none.
func (d *DB) FindAccount(ctx context.Context, name string) (pipeline.Account, error) {
	const query = `
		SELECT ` + accountColumns + `
		FROM accounts
		WHERE name = $1`
	a, err := scanAccount(d.read.QueryRowContext(ctx, query, text(name)).Scan)
	if err != nil {
		return pipeline.Account{}, fmt.Errorf("find account: %w", notFound(err))
	}
	return a, nil
}

// ListAccounts gives accounts by name, beginning after one.
func (d *DB) ListAccounts(ctx context.Context, after string, limit int) ([]pipeline.Account, error) {
	const query = `
		SELECT ` + accountColumns + `
		FROM accounts
		WHERE name > $1
		ORDER BY name
		LIMIT $2`
	rows, err := d.read.QueryContext(ctx, query, text(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var all []pipeline.Account
	for rows.Next() {
		a, err := scanAccount(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// CountAccounts gives the number of accounts.
func (d *DB) CountAccounts(ctx context.Context) (int, error) {
	const query = `
		SELECT COUNT(*)
		FROM accounts`
	var n int
	if err := d.read.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// CountAdministrators counts those who can let others in.
func (d *DB) CountAdministrators(ctx context.Context) (int, error) {
	const query = `
		SELECT COUNT(*)
		FROM accounts
		WHERE role = 'administrator' AND locked_at = 0`
	var n int
	if err := d.read.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return n, nil
}

// EditAccount sets title and role; another role ends the sessions.
func (d *DB) EditAccount(ctx context.Context, name, title string, role pipeline.Role, deed pipeline.Deed) error {
	return d.changeAccount(ctx, name, deed, func(a *pipeline.Account) (detail string) {
		switch {
		case a.Role != role:
			detail = "role_" + string(role)
			a.Epoch++
		case a.Title != title:
			detail = "title"
		}
		a.Title, a.Role = title, role
		return detail
	})
}

// LockAccount locks an account, which ends its sessions, or unlocks it.
func (d *DB) LockAccount(ctx context.Context, name string, locked bool, deed pipeline.Deed) error {
	return d.changeAccount(ctx, name, deed, func(a *pipeline.Account) string {
		switch {
		case locked == a.Locked():
			return ""
		case locked:
			a.LockedAt = deed.At
			a.Epoch++
			return "locked"
		}
		a.LockedAt = time.Time{}
		return "unlocked"
	})
}

// SetNeedToKnow lets an account see what only those see who need to know, or not
// any more.
func (d *DB) SetNeedToKnow(ctx context.Context, name string, need bool, deed pipeline.Deed) error {
	return d.changeAccount(ctx, name, deed, func(a *pipeline.Account) string {
		switch {
		case need == a.NeedToKnow:
			return ""
		case need:
			a.NeedToKnow = true
			return "need_to_know_given"
		}
		a.NeedToKnow = false
		return "need_to_know_taken"
	})
}

// SetPassword sets the hash of a password and ends the sessions. One that
// somebody else has set has an end.
func (d *DB) SetPassword(ctx context.Context, name string, p pipeline.Password, deed pipeline.Deed) error {
	return d.changeAccount(ctx, name, deed, func(a *pipeline.Account) string {
		a.PasswordHash, a.OneTimeUntil = p.Hash, p.OneTimeUntil
		a.Epoch++
		if a.OneTimeUntil.IsZero() {
			return "password_changed"
		}
		return "password_set"
	})
}

// changeAccount lets change alter an account and writes the event that it
// names; an empty one means that there is nothing to change.
func (d *DB) changeAccount(ctx context.Context, name string, deed pipeline.Deed, change func(*pipeline.Account) (detail string)) error {
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		administrators, err := d.holdAdministrators(ctx, tx)
		if err != nil {
			return err
		}
		query := `
			SELECT ` + accountColumns + `
			FROM accounts
			WHERE name = $1` + d.engine.hold
		a, err := scanAccount(tx.QueryRowContext(ctx, query, text(name)).Scan)
		if err != nil {
			return notFound(err)
		}
		was := a.Administers()
		detail := change(&a)
		switch {
		case detail == "":
			return nil
		case was && !a.Administers() && administrators == 1:
			return pipeline.ErrLastAdministrator
		}
		if err := updateAccount(ctx, tx, a); err != nil {
			return err
		}
		return appendAudit(ctx, tx, accountEvent(name, detail, deed))
	})
	if err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	return nil
}

// holdAdministrators counts the accounts that can let others in, and holds
// them: two that take the right from each other do it one after the other.
func (d *DB) holdAdministrators(ctx context.Context, tx *sql.Tx) (n int, err error) {
	//nolint:gosec // the lock is a constant of the engine
	query := `
		SELECT name
		FROM accounts
		WHERE role = 'administrator' AND locked_at = 0
		ORDER BY name` + d.engine.hold
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func updateAccount(ctx context.Context, tx *sql.Tx, a pipeline.Account) error {
	const statement = `
		UPDATE accounts
		SET title = $2, role = $3, password_hash = $4, locked_at = $5, one_time_until = $6, epoch = $7, need_to_know = $8
		WHERE name = $1`
	_, err := tx.ExecContext(ctx, statement, text(a.Name), text(a.Title), a.Role, a.PasswordHash, micros(a.LockedAt), micros(a.OneTimeUntil), a.Epoch, bit(a.NeedToKnow))
	return err
}

// roleOf is the role of an account for the audit log; empty if there is no
// such account.
func roleOf(ctx context.Context, tx *sql.Tx, name string) (role pipeline.Role, err error) {
	const query = `
		SELECT role
		FROM accounts
		WHERE name = $1`
	err = tx.QueryRowContext(ctx, query, text(name)).Scan(&role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, err
}
