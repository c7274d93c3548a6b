package db

import (
	"context"
	"fmt"
)

// Exec runs any statement, as somebody with a shell on the database would.
func Exec(ctx context.Context, d *DB, statement string) error {
	_, err := d.write.ExecContext(ctx, statement)
	return err
}

// Pragmas reads the settings of SQLite that data depends on.
func Pragmas(ctx context.Context, d *DB) (string, error) {
	var keys, sync, busy int
	var journal string
	for pragma, into := range map[string]any{"foreign_keys": &keys, "journal_mode": &journal, "synchronous": &sync, "busy_timeout": &busy} {
		if err := d.write.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(into); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(keys, " ", journal, " ", sync, " ", busy), nil
}
