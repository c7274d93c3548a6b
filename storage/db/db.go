// Package db is the record of documents, reports, accounts, sessions and the
// audit log: the truth, of which queue and screens are only views.
//
// It runs on SQLite (one file, for one machine) and on PostgreSQL with one set
// of SQL and one suite of tests, package dbtest. It offers no query language
// and no mapper, and it lets nobody change a report or the audit log.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DB is an open database. It is safe for use by many goroutines, and several
// processes may have the same one open.
type DB struct {
	engine engine
	write  *sql.DB
	read   *sql.DB // the same as write on PostgreSQL
	// lockFile is held while migrations run on SQLite; empty on PostgreSQL,
	// which has locks of its own.
	lockFile string
}

// engine is what differs between the two databases.
type engine struct {
	name  string
	other string // whose own migrations are left out
	clock string // expression for the time now, in microseconds
	// hold and skip lock the rows of a SELECT and pass over those that others have
	// locked; SQLite has one writer at a time and needs neither.
	hold, skip string
}

// engines are the two.
//
//nolint:gochecknoglobals // a table
var (
	sqliteEngine   = engine{"sqlite", "postgres", "CAST(unixepoch('subsec') * 1000000 AS INTEGER)", "", ""}
	postgresEngine = engine{"postgres", "sqlite", "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)", " FOR UPDATE", " FOR UPDATE OF r SKIP LOCKED"}
)

// Open opens the database and brings its tables up to date. The address is
// "postgres://user:password@host/name" or "sqlite://path", where the path may
// be relative; a plain path is one of SQLite. A folder and file that are
// missing are made, readable by their owner alone. Errors do not quote the
// password.
func Open(ctx context.Context, dsn string) (*DB, error) {
	d, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate database: %w", err), d.Close())
	}
	return d, nil
}

// OpenExisting opens a database that is in use already. It makes no file and
// changes no table: one that is not there, or not up to date, is an error that
// says what to do.
func OpenExisting(ctx context.Context, dsn string) (*DB, error) {
	if path, ok := sqlitePath(dsn); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there is no database %s: start 'touchstone up' or 'touchstone desk' first, or name another with --database", path)
		}
	}
	d, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.upToDate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// sqlitePath gives the file of an address of SQLite.
func sqlitePath(dsn string) (path string, ok bool) {
	path = strings.TrimPrefix(dsn, "sqlite://")
	return path, path != "" && !strings.Contains(path, "://")
}

// connect chooses the engine; it talks to no server yet.
func connect(dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return connectPostgres(dsn)
	}
	path, ok := sqlitePath(dsn)
	if !ok {
		return nil, errors.New("open database: the address is postgres://... or sqlite://path")
	}
	return connectSQLite(path)
}

func connectPostgres(dsn string) (*DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{engine: postgresEngine, write: pool, read: pool}, nil
}

// connectSQLite opens the file twice: one connection writes, so that writers
// of this process queue here and not by asking again and again; a few read,
// which a writer never holds up.
func connectSQLite(path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := touch(abs); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pragmas := []string{"busy_timeout(5000)", "foreign_keys(1)", "journal_mode(wal)", "synchronous(full)"}
	write, err := sql.Open("sqlite", sqliteURL(abs, append(pragmas, "recursive_triggers(1)")))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteURL(abs, append(pragmas, "query_only(1)")))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), write.Close())
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &DB{engine: sqliteEngine, write: write, read: read, lockFile: abs + ".lock"}, nil
}

// sqliteURL puts the pragmas into the address: every connection of a pool gets
// them, not only the first.
func sqliteURL(abs string, pragmas []string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	return (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String()
}

// touch makes folder and file for their owner alone, if they are missing.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return f.Close()
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.read.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return nil
}

// Close lets go of the database.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// inTx runs f in one transaction and commits it if f returns no error.
func (d *DB) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone drops the error of a rollback that came too late: the
// transaction is over, which is all it was for.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// isTaken tells whether a statement failed since its key is there already.
func isTaken(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505" // unique_violation
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	return false
}

// micros is a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf reads a stored time.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// text is what came from outside in a form that both engines keep: PostgreSQL
// refuses bytes that are no UTF-8, and NUL.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
