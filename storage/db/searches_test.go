package db_test

import (
	"fmt"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/db/dbtest"
)

// archive fills a database with documents of people of 500 surnames, of which
// one belongs to every fifth of them, and 200 given names.
func archive(b *testing.B, d *db.DB, n int) {
	b.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, n)
	keys := func(kind, value string) string {
		return numbers + `INSERT INTO search_keys (kind, value, received_at, document_id) SELECT '` + kind + `', ` + value + `, 1700000000000000 + i * 1000000, 'TSD-' || i FROM n`
	}
	for _, s := range []string{
		numbers + `INSERT INTO documents (id, digest, size, media_type, file_name, encounter, capture, page_of, uploaded_by,
			received_at, state, attempt, owner, lease_until, screened_at, conclusion, outcome, rendition)
			SELECT 'TSD-' || i, 'digest-' || i, 1, 'image/jpeg', '', 'UTO-260301-' || (i % 9999), 'C1', '', 'officer', 1700000000000000 + i * 1000000, 'screened', 1, '', 0, 1, 'no_irregularity_found', '', '' FROM n`,
		keys("document_number", `'L' || i`),
		keys("name", `CASE WHEN i % 5 = 0 THEN 'SMITH' ELSE 'S' || (i % 500) END`),
		keys("name", `'G' || (i % 200)`),
	} {
		if err := db.Exec(b.Context(), d, s); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Exec(b.Context(), d, "ANALYZE"); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSearch looks for something among 100,000 documents.
func BenchmarkSearch(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": sqliteDSN, "postgres": func(tb testing.TB) string { return dbtest.StartPostgres(tb).NewDatabase(tb) }} {
		d := open(b, dsn(b))
		archive(b, d, 100_000)
		for _, q := range []pipeline.SearchQuery{
			{Kind: pipeline.SearchNumber, Text: "L77777"},
			{Kind: pipeline.SearchName, Text: "Smith"},      // of 20,000
			{Kind: pipeline.SearchName, Text: "G5 Smith"},   // of 500
			{Kind: pipeline.SearchName, Text: "Smith G3"},   // nobody: every Smith is asked
			{Kind: pipeline.SearchName, Text: "Ümit Øland"}, // nobody, in many spellings
			{Kind: pipeline.SearchEncounter, Text: "UTO-260301-0042"},
		} {
			b.Run(fmt.Sprintf("%s/%s/%s", name, q.Kind, q.Text), func(b *testing.B) {
				for b.Loop() {
					if _, err := d.SearchDocuments(b.Context(), q, pipeline.Account{Name: "reviewer"}, time.Unix(1, 0)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
