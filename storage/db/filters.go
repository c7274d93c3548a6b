package db

import (
	"context"
	"database/sql"
	"fmt"

	"touchstone.internal/pipeline"
)

// SaveFilter keeps a filter, or takes it away; see pipeline.SavedFilters.
func (d *DB) SaveFilter(ctx context.Context, account string, f pipeline.SavedFilter) error {
	const remove = `
		DELETE FROM saved_filters
		WHERE account = $1 AND page = $2 AND name = $3`
	const count = `
		SELECT COUNT(*)
		FROM saved_filters
		WHERE account = $1 AND page = $2`
	const insert = `
		INSERT INTO saved_filters (account, page, name, query)
		VALUES ($1, $2, $3, $4)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, remove, text(account), text(f.Page), text(f.Name)); err != nil || f.Query == "" {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, count, text(account), text(f.Page)).Scan(&n); err != nil {
			return err
		}
		if n >= pipeline.MaxSavedFilters {
			return pipeline.ErrConflict
		}
		_, err := tx.ExecContext(ctx, insert, text(account), text(f.Page), text(f.Name), text(f.Query))
		return err
	})
	if isTaken(err) { // saved at the same time
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("save filter: %w", err)
	}
	return nil
}

// ListFilters gives the filters of a list by name; see pipeline.SavedFilters.
func (d *DB) ListFilters(ctx context.Context, account, page string) ([]pipeline.SavedFilter, error) {
	const query = `
		SELECT page, name, query
		FROM saved_filters
		WHERE account = $1 AND page = $2
		ORDER BY LOWER(name), name`
	rows, err := d.read.QueryContext(ctx, query, text(account), text(page))
	if err != nil {
		return nil, fmt.Errorf("list filters: %w", err)
	}
	defer rows.Close()
	var all []pipeline.SavedFilter
	for rows.Next() {
		var f pipeline.SavedFilter
		if err := rows.Scan(&f.Page, &f.Name, &f.Query); err != nil {
			return nil, fmt.Errorf("list filters: %w", err)
		}
		all = append(all, f)
	}
	return all, rows.Err()
}
