package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"touchstone.internal/pipeline"
)

// Append writes an event; its Seq is given by the database.
func (d *DB) Append(ctx context.Context, e pipeline.AuditEvent) error {
	if err := appendAudit(ctx, d.write, e); err != nil {
		return fmt.Errorf("append to audit log: %w", err)
	}
	return nil
}

// execer is what a pool and a transaction have in common here.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func appendAudit(ctx context.Context, x execer, e pipeline.AuditEvent) error {
	const statement = `
		INSERT INTO audit (at, account, role, operation, object, detail)
		VALUES ($1, $2, $3, $4, $5, $6)`
	_, err := x.ExecContext(ctx, statement, micros(e.At), text(e.Actor.Account), e.Actor.Role, e.Operation, text(e.Object), text(e.Detail))
	return err
}

// auditColumns are the columns that auditEvents reads, in order.
const auditColumns = `seq, at, account, role, operation, object, detail`

// History gives the events of one object, oldest first.
func (d *DB) History(ctx context.Context, object string) ([]pipeline.AuditEvent, error) {
	const query = `
		SELECT ` + auditColumns + `
		FROM audit
		WHERE object = $1
		ORDER BY seq`
	return d.auditEvents(ctx, query, text(object))
}

// SearchAudit gives events, the newest first.
func (d *DB) SearchAudit(ctx context.Context, f pipeline.AuditFilter) ([]pipeline.AuditEvent, error) {
	var where []string
	var args []any
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if f.Account != "" {
		add("account = $%d", text(f.Account))
	}
	if f.Object != "" {
		add("object = $%d", text(f.Object))
	}
	if f.Operation != "" {
		add("operation = $%d", f.Operation)
	}
	if !f.From.IsZero() {
		add("at >= $%d", micros(f.From))
	}
	if !f.To.IsZero() {
		add("at < $%d", micros(f.To))
	}
	if f.Before != 0 {
		add("seq < $%d", f.Before)
	}
	query := "SELECT " + auditColumns + " FROM audit"
	if where != nil {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, f.Limit)
	return d.auditEvents(ctx, fmt.Sprintf("%s ORDER BY seq DESC LIMIT $%d", query, len(args)), args...)
}

func (d *DB) auditEvents(ctx context.Context, query string, args ...any) ([]pipeline.AuditEvent, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	defer rows.Close()
	var events []pipeline.AuditEvent
	for rows.Next() {
		var e pipeline.AuditEvent
		var at int64
		if err := rows.Scan(&e.Seq, &at, &e.Actor.Account, &e.Actor.Role, &e.Operation, &e.Object, &e.Detail); err != nil {
			return nil, fmt.Errorf("read audit log: %w", err)
		}
		e.At = timeOf(at)
		events = append(events, e)
	}
	return events, rows.Err()
}
