package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Processes that start at once do it one
// after another.
func (d *DB) migrate(ctx context.Context) error {
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	p, err := d.provider()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// provider knows the migrations of this engine.
func (d *DB) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithExcludeNames([]string{fmt.Sprintf("00002_audit_%s.sql", d.engine.other)}),
	}
	dialect := goose.DialectSQLite3
	if d.engine == postgresEngine {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // seconds, tries
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.write, dir, options...)
}

// lock holds other processes off; PostgreSQL has a lock of its own.
func (d *DB) lock(ctx context.Context) (unlock func(), err error) {
	if d.lockFile == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(d.lockFile, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // which lets the lock go
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("wait for another process: %w", ctx.Err())
		}
	}
}

// SchemaVersion is the number of the newest migration in the database.
func (d *DB) SchemaVersion(ctx context.Context) (int64, error) {
	const query = `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`
	var v int64
	if err := d.read.QueryRowContext(ctx, query).Scan(&v); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return v, nil
}

// upToDate tells what is to be done where this program knows other migrations
// than the database has.
func (d *DB) upToDate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	has, err := d.SchemaVersion(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("the database has no tables of this program: start 'touchstone up' or 'touchstone desk' first: %w", err)
	case has < newest:
		return fmt.Errorf("the database is at version %d and this program at %d: start the desk, which brings it up to date", has, newest)
	case has > newest:
		return fmt.Errorf("the database is at version %d and this program at %d: use the newer program", has, newest)
	}
	return nil
}
