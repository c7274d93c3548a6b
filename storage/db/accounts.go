package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"touchstone.internal/pipeline"
)

// CreateAccount adds an account; ErrConflict if the name is taken.
func (d *DB) CreateAccount(ctx context.Context, a pipeline.Account) error {
	const statement = `
		INSERT INTO accounts (name, title, role, password_hash)
		VALUES ($1, $2, $3, $4)`
	_, err := d.write.ExecContext(ctx, statement, text(a.Name), text(a.Title), a.Role, a.PasswordHash)
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("create account: %w", err)
	}
	return nil
}

// FindAccount gives the account of that name; ErrNotFound if there is none.
func (d *DB) FindAccount(ctx context.Context, name string) (pipeline.Account, error) {
	const query = `
		SELECT name, title, role, password_hash
		FROM accounts
		WHERE name = $1`
	var a pipeline.Account
	err := d.read.QueryRowContext(ctx, query, text(name)).Scan(&a.Name, &a.Title, &a.Role, &a.PasswordHash)
	if err != nil {
		return pipeline.Account{}, fmt.Errorf("find account: %w", notFound(err))
	}
	return a, nil
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
