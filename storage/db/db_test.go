package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/db/dbtest"
)

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

func sqliteDSN(t testing.TB) string {
	return "sqlite://" + filepath.Join(t.TempDir(), "touchstone.db")
}

// engines runs a test on both databases; dsn gives an empty one each time.
func engines(t *testing.T, test func(t *testing.T, dsn func(t testing.TB) string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteDSN) })
	t.Run("postgres", func(t *testing.T) { test(t, dbtest.StartPostgres(t).NewDatabase) })
}

func TestConformance(t *testing.T) {
	engines(t, func(t *testing.T, dsn func(testing.TB) string) {
		dbtest.Run(t, func(t *testing.T) dbtest.Store { return open(t, dsn(t)) })
		t.Run("processes start at once", func(t *testing.T) { startAtOnce(t, dsn(t)) })
		t.Run("the audit log is append-only", func(t *testing.T) { appendOnly(t, dsn(t)) })
		t.Run("a report is never replaced", func(t *testing.T) { oneReport(t, dsn(t)) })
		t.Run("two processes share one database", func(t *testing.T) { shared(t, dsn(t)) })
		t.Run("two processes share one queue", func(t *testing.T) {
			dsn := dsn(t)
			one, two := open(t, dsn), open(t, dsn)
			dbtest.Takers(t, one, two)
			dbtest.Encounters(t, one, two)
		})
	})
}

// newestMigration is the number of the newest file of migrations.
func newestMigration(t *testing.T) (newest int64) {
	t.Helper()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("find migrations: %v", err)
	}
	for _, f := range files {
		n, err := strconv.ParseInt(filepath.Base(f)[:5], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		newest = max(newest, n)
	}
	return newest
}

func startAtOnce(t *testing.T, dsn string) {
	newest := newestMigration(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			d, err := db.Open(t.Context(), dsn)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			defer d.Close()
			if v, err := d.SchemaVersion(t.Context()); err != nil || v != newest {
				t.Errorf("schema version %d, %v", v, err)
			}
		})
	}
	wg.Wait()
}

func appendOnly(t *testing.T, dsn string) {
	d := open(t, dsn)
	e := pipeline.AuditEvent{At: time.Unix(1, 0).UTC(), Operation: pipeline.OpConsult, Object: "o", Detail: "image"}
	if err := d.Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	before, err := d.History(t.Context(), "o")
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{
		"UPDATE audit SET detail = 'x'",
		"DELETE FROM audit",
		"DELETE FROM audit WHERE object = 'o'",
	}
	if strings.HasPrefix(dsn, "sqlite") {
		statements = append(statements, fmt.Sprintf("INSERT OR REPLACE INTO audit VALUES (%d, 1, '', '', '', 'o', 'x')", before[0].Seq))
	} else {
		statements = append(statements, "TRUNCATE audit",
			fmt.Sprintf("INSERT INTO audit OVERRIDING SYSTEM VALUE VALUES (%d, 1, '', '', '', 'o', 'x') ON CONFLICT (seq) DO UPDATE SET detail = 'x'", before[0].Seq))
	}
	for _, s := range statements {
		if err := db.Exec(t.Context(), d, s); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", s, err)
		}
	}
	after, err := d.History(t.Context(), "o")
	if err != nil || len(after) != 1 || after[0] != before[0] {
		t.Errorf("the log was %v and is %v, %v", before, after, err)
	}
}

// oneReport proves that the table itself holds the line, whatever a claim says.
func oneReport(t *testing.T, dsn string) {
	d := open(t, dsn)
	ctx, now := t.Context(), time.Unix(1_700_000_000, 0)
	doc := pipeline.Document{ID: "TSD-0000-0001", Digest: "d", ReceivedAt: now, UploadedBy: "a"}
	if _, _, err := d.Create(ctx, doc); err != nil {
		t.Fatal(err)
	}
	report := pipeline.Report{Outcome: pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound}}
	claim := func() pipeline.Document {
		c, err := d.Claim(ctx, doc.ID, "w", now, now.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := d.Finish(ctx, claim(), pipeline.Screened{Report: report, At: now}); err != nil {
		t.Fatal(err)
	}
	const reset = "UPDATE documents SET state = 'received', conclusion = '' WHERE id = 'TSD-0000-0001'"
	if err := db.Exec(ctx, d, reset); err != nil {
		t.Fatal(err)
	}
	c := claim()
	if err := d.Finish(ctx, c, pipeline.Screened{Report: report, At: now}); !errors.Is(err, pipeline.ErrConflict) {
		t.Errorf("a second report: %v", err)
	}
	if got, err := d.Find(ctx, doc.ID); err != nil || got.State != pipeline.StateScreening {
		t.Errorf("after the refused report the document is %s, %v: not one transaction", got.State, err)
	}
}

func shared(t *testing.T, dsn string) {
	one, two := open(t, dsn), open(t, dsn)
	now := time.Unix(1_700_000_000, 0)
	var wg sync.WaitGroup
	for i, d := range []*db.DB{one, two} {
		wg.Go(func() {
			for n := range 40 {
				doc := pipeline.Document{ID: pipeline.DocumentID(fmt.Sprintf("TSD-%d-%d", i, n)), Digest: pipeline.Digest(fmt.Sprint(i, "-", n)), ReceivedAt: now}
				if _, _, err := d.Create(t.Context(), doc); err != nil {
					t.Errorf("create: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if n, err := two.Counts(t.Context()); err != nil || n[pipeline.StateReceived] != 80 {
		t.Errorf("counts: %v, %v", n, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	for name, dsn := range map[string]string{
		"empty":         "",
		"another":       "mysql://localhost/x",
		"no path":       "sqlite://",
		"folder":        folder,
		"no server":     "postgres://touchstone:secret-word@" + "127.0.0.1:1/x?connect_timeout=1",
		"bad postgres":  "postgres://touchstone:secret-word@127.0.0.1:port/x",
		"unwritable":    "/proc/none/touchstone.db",
		"no such thing": "postgres://touchstone:secret-word@/x?host=/nowhere",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			d, err := db.Open(ctx, dsn)
			if err == nil {
				d.Close()
				t.Fatal("it was opened")
			}
			if strings.Contains(err.Error(), "secret-word") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestSQLiteFile(t *testing.T) {
	for name, file := range map[string]string{"plain": "a.db", "odd": "50% of #1? &x=y.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "new folder", file)
			d := open(t, path)
			doc := pipeline.Document{ID: "TSD-0000-0001", Digest: "d", ReceivedAt: time.Unix(1, 0)}
			if _, _, err := d.Create(t.Context(), doc); err != nil {
				t.Fatal(err)
			}
			for _, p := range []string{path, path + "-wal"} {
				info, err := os.Stat(p)
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v, want a file for its owner alone", filepath.Base(p), info, err)
				}
			}
			if got, err := db.Pragmas(t.Context(), d); err != nil || got != "1 wal 2 5000" {
				t.Errorf("pragmas %q, %v", got, err)
			}
			again := open(t, "sqlite://"+path)
			if _, err := again.Find(t.Context(), doc.ID); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	d := open(b, sqliteDSN(b))
	fill(b, d, 2000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.List(b.Context(), pipeline.DocumentFilter{State: pipeline.StateReceived, Limit: 50}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClaim(b *testing.B) {
	d := open(b, sqliteDSN(b))
	fill(b, d, 1)
	now := time.Unix(1_700_000_000, 0)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Minute)
		if _, err := d.Claim(b.Context(), "TSD-BENCH-0", "w", now, now.Add(time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
}

func fill(b *testing.B, d *db.DB, n int) {
	for i := range n {
		doc := pipeline.Document{
			ID: pipeline.DocumentID(fmt.Sprint("TSD-BENCH-", i)), Digest: pipeline.Digest(fmt.Sprint(i)),
			ReceivedAt: time.Unix(1_700_000_000+int64(i), 0),
		}
		if _, _, err := d.Create(b.Context(), doc); err != nil {
			b.Fatal(err)
		}
	}
}
