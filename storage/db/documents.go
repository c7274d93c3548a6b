package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// documentColumns are the columns that scanDocument reads, in order.
const documentColumns = `id, digest, size, media_type, file_name, encounter, capture, page_of, uploaded_by,
	received_at, state, attempt, owner, lease_until, screened_at, outcome, rendition`

// scanDocument reads one row of documentColumns.
func scanDocument(scan func(...any) error) (d pipeline.Document, err error) {
	var received, lease, screened int64
	var outcome string
	if err := scan(&d.ID, &d.Digest, &d.Size, &d.MediaType, &d.FileName, &d.Encounter, &d.Capture, &d.PageOf, &d.UploadedBy,
		&received, &d.State, &d.Attempt, &d.Owner, &lease, &screened, &outcome, &d.Rendition); err != nil {
		return pipeline.Document{}, err
	}
	d.ReceivedAt, d.LeaseUntil, d.ScreenedAt = timeOf(received), timeOf(lease), timeOf(screened)
	if d.Outcome, err = decodeOutcome(outcome); err != nil {
		return pipeline.Document{}, err
	}
	return d, nil
}

// decodeOutcome reads a stored outcome; empty is none.
func decodeOutcome(s string) (o pipeline.ScreeningOutcome, err error) {
	if s == "" {
		return o, nil
	}
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		return o, fmt.Errorf("read outcome: %w", err)
	}
	return o, nil
}

// Create records a received document; see pipeline.Documents. Times are kept
// to the microsecond. A reference that another document has is ErrConflict.
func (d *DB) Create(ctx context.Context, doc pipeline.Document) (stored pipeline.Document, created bool, err error) {
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		stored, err = insertDocument(ctx, tx, doc)
		if errors.Is(err, sql.ErrNoRows) {
			stored, err = findSame(ctx, tx, doc)
			return err
		}
		if err != nil {
			return err
		}
		created = true
		role, err := roleOf(ctx, tx, doc.UploadedBy)
		if err != nil {
			return err
		}
		if err := d.answerRecapture(ctx, tx, doc); err != nil {
			return err
		}
		return appendAudit(ctx, tx, pipeline.AuditEvent{
			At: doc.ReceivedAt, Actor: pipeline.Actor{Account: doc.UploadedBy, Role: role},
			Operation: pipeline.OpCollect, Object: string(doc.ID), Detail: "received",
		})
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return pipeline.Document{}, false, fmt.Errorf("create document %s: %w", doc.ID, err)
	}
	return stored, created, nil
}

// insertDocument gives sql.ErrNoRows if the same document is there already.
func insertDocument(ctx context.Context, tx *sql.Tx, doc pipeline.Document) (pipeline.Document, error) {
	const statement = `
		INSERT INTO documents (id, digest, size, media_type, file_name, encounter, capture, page_of, uploaded_by,
			received_at, state, attempt, owner, lease_until, screened_at, conclusion, outcome, rendition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', 0, '', 0, 0, '', '', '')
		ON CONFLICT (digest, encounter, uploaded_by) DO NOTHING
		RETURNING ` + documentColumns
	return scanDocument(tx.QueryRowContext(ctx, statement, doc.ID, doc.Digest, doc.Size, doc.MediaType, text(doc.FileName),
		text(doc.Encounter), doc.Capture, doc.PageOf, text(doc.UploadedBy), micros(doc.ReceivedAt)).Scan)
}

// findSame finds the document that stood in the way of insertDocument.
func findSame(ctx context.Context, tx *sql.Tx, doc pipeline.Document) (pipeline.Document, error) {
	const query = `
		SELECT ` + documentColumns + `
		FROM documents
		WHERE digest = $1 AND encounter = $2 AND uploaded_by = $3`
	return scanDocument(tx.QueryRowContext(ctx, query, doc.Digest, text(doc.Encounter), text(doc.UploadedBy)).Scan)
}

// Find gives a document; ErrNotFound if there is none.
func (d *DB) Find(ctx context.Context, id pipeline.DocumentID) (pipeline.Document, error) {
	const query = `
		SELECT ` + documentColumns + `
		FROM documents
		WHERE id = $1`
	doc, err := scanDocument(d.read.QueryRowContext(ctx, query, text(string(id))).Scan)
	if err != nil {
		return pipeline.Document{}, fmt.Errorf("find document %s: %w", id, notFound(err))
	}
	return doc, nil
}

// notFound turns the driver's word for an empty answer into ours.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return pipeline.ErrNotFound
	}
	return err
}

// Limits of a list. The longest page has 100, and one more tells whether there is
// another page.
const (
	defaultLimit = 25
	maxLimit     = 101
)

// List gives the newest first; see pipeline.Documents. ErrNotFound if there is
// no document After.
func (d *DB) List(ctx context.Context, f pipeline.DocumentFilter) ([]pipeline.Document, error) {
	query := strings.Builder{}
	query.WriteString(`SELECT ` + documentColumns + ` FROM documents WHERE 1 = 1`)
	var args []any
	for _, c := range []struct{ column, value string }{
		{"state", string(f.State)},
		{"conclusion", string(f.Conclusion)},
		{"encounter", text(f.Encounter)},
		{"uploaded_by", text(f.UploadedBy)},
	} {
		if c.value != "" {
			args = append(args, c.value)
			fmt.Fprintf(&query, ` AND %s = $%d`, c.column, len(args))
		}
	}
	if f.After != "" {
		after, err := d.Find(ctx, f.After)
		if err != nil {
			return nil, fmt.Errorf("list documents: %w", err)
		}
		args = append(args, micros(after.ReceivedAt), after.ID)
		fmt.Fprintf(&query, ` AND (received_at, id) < ($%d, $%d)`, len(args)-1, len(args))
	}
	args = append(args, limitOf(f.Limit))
	fmt.Fprintf(&query, ` ORDER BY received_at DESC, id DESC LIMIT $%d`, len(args))
	docs, err := d.documents(ctx, query.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return docs, nil
}

// limitOf keeps a limit within its bounds.
func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// documents reads all rows of a query of documentColumns.
func (d *DB) documents(ctx context.Context, query string, args ...any) ([]pipeline.Document, error) {
	return documentsOf(ctx, d.read, query, args...)
}

func documentsOf(ctx context.Context, q queryer, query string, args ...any) ([]pipeline.Document, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var docs []pipeline.Document
	for rows.Next() {
		doc, err := scanDocument(rows.Scan)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, rows.Err()
}

// Sightings are the other documents with these bytes, oldest first.
func (d *DB) Sightings(ctx context.Context, digest pipeline.Digest, except pipeline.DocumentID) ([]pipeline.Sighting, error) {
	const query = `
		SELECT id, encounter, received_at, outcome
		FROM documents
		WHERE digest = $1 AND id <> $2
		ORDER BY received_at, id`
	rows, err := d.read.QueryContext(ctx, query, text(string(digest)), text(string(except)))
	if err != nil {
		return nil, fmt.Errorf("find sightings of %s: %w", digest, err)
	}
	defer rows.Close()
	var found []pipeline.Sighting
	for rows.Next() {
		var s pipeline.Sighting
		var received int64
		var outcome string
		if err := rows.Scan(&s.DocumentID, &s.Encounter, &received, &outcome); err != nil {
			return nil, fmt.Errorf("find sightings of %s: %w", digest, err)
		}
		s.ReceivedAt = timeOf(received)
		if s.Outcome, err = decodeOutcome(outcome); err != nil {
			return nil, fmt.Errorf("find sightings of %s: %w", digest, err)
		}
		found = append(found, s)
	}
	return found, rows.Err()
}

// Pages are the other pictures of a document that is known by this reference,
// in the order of their arrival.
func (d *DB) Pages(ctx context.Context, head pipeline.DocumentID) ([]pipeline.Document, error) {
	const query = `
		SELECT ` + documentColumns + `
		FROM documents
		WHERE page_of = $1 AND page_of <> ''
		ORDER BY received_at, id`
	docs, err := d.documents(ctx, query, text(string(head)))
	if err != nil {
		return nil, fmt.Errorf("find pages of %s: %w", head, err)
	}
	return docs, nil
}

// Report gives the report of a screened document; ErrNotFound if it has none.
func (d *DB) Report(ctx context.Context, id pipeline.DocumentID) (pipeline.Report, error) {
	const query = `
		SELECT body
		FROM reports
		WHERE document_id = $1`
	var body string
	var r pipeline.Report
	if err := d.read.QueryRowContext(ctx, query, text(string(id))).Scan(&body); err != nil {
		return r, fmt.Errorf("find report of %s: %w", id, notFound(err))
	}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return pipeline.Report{}, fmt.Errorf("read report of %s: %w", id, err)
	}
	return r, nil
}

// Late gives documents that should have been picked up by now, the longest
// waiting first; see pipeline.Documents.
func (d *DB) Late(ctx context.Context, receivedBefore, now time.Time, limit int) ([]pipeline.Document, error) {
	const query = `
		SELECT ` + documentColumns + `
		FROM documents
		WHERE (state = 'received' AND received_at < $1)
			OR (state = 'screening' AND lease_until <= $2)
		ORDER BY received_at, id
		LIMIT $3`
	docs, err := d.documents(ctx, query, micros(receivedBefore), micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("find late documents: %w", err)
	}
	return docs, nil
}

// Backlog counts the documents that are late, and tells since when the oldest
// without a report waits.
func (d *DB) Backlog(ctx context.Context, receivedBefore, now time.Time) (b pipeline.Backlog, err error) {
	const query = `
		SELECT COALESCE(SUM(CASE WHEN (state = 'received' AND received_at < $1) OR (state = 'screening' AND lease_until <= $2) THEN 1 ELSE 0 END), 0),
			COALESCE(MIN(received_at), 0)
		FROM documents
		WHERE state IN ('received', 'screening')`
	var oldest int64
	if err := d.read.QueryRowContext(ctx, query, micros(receivedBefore), micros(now)).Scan(&b.Late, &oldest); err != nil {
		return b, fmt.Errorf("measure backlog: %w", err)
	}
	if oldest != 0 {
		b.Oldest = timeOf(oldest)
	}
	return b, nil
}

// Counts gives the number of documents in each state; states without any are
// left out.
func (d *DB) Counts(ctx context.Context) (map[pipeline.State]int, error) {
	const query = `
		SELECT state, COUNT(*)
		FROM documents
		GROUP BY state`
	rows, err := d.read.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("count documents: %w", err)
	}
	defer rows.Close()
	counts := map[pipeline.State]int{}
	for rows.Next() {
		var state pipeline.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count documents: %w", err)
		}
		counts[state] = n
	}
	return counts, rows.Err()
}
