package db

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// addSearchKeys writes what a document can be looked up by.
func addSearchKeys(ctx context.Context, tx *sql.Tx, doc pipeline.Document, r pipeline.Report) error {
	const statement = `
		INSERT INTO search_keys (kind, value, received_at, document_id)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`
	for _, k := range r.SearchKeys() {
		if _, err := tx.ExecContext(ctx, statement, k.Kind, k.Value, micros(doc.ReceivedAt), doc.ID); err != nil {
			return err
		}
	}
	return nil
}

// SearchDocuments looks documents up; see pipeline.Searches.
func (d *DB) SearchDocuments(ctx context.Context, q pipeline.SearchQuery, who pipeline.Account, now time.Time) (s pipeline.Search, err error) {
	terms := q.Terms()
	if len(terms) == 0 {
		return s, pipeline.ErrNoTerms
	}
	s = pipeline.Search{ID: rand.Text(), At: timeOf(micros(now)), Account: who.Name, Kind: q.Kind, Reason: q.Reason, Note: text(strings.TrimSpace(q.Note))}
	if s.Found, err = d.lookUp(ctx, q.Kind, terms); err != nil {
		return s, fmt.Errorf("search documents: %w", err)
	}
	if s.More = len(s.Found) > pipeline.MaxFound; s.More {
		s.Found = s.Found[:pipeline.MaxFound]
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		key, err := ownKey(ctx, tx, "search")
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(q.Same()))
		s.Mark = hex.EncodeToString(mac.Sum(nil))
		return recordSearch(ctx, tx, s, who)
	})
	if err != nil {
		return pipeline.Search{}, fmt.Errorf("record search: %w", err)
	}
	return s, nil
}

// lookUp gives one document more than a search may, so that it is known whether
// there are others.
func (d *DB) lookUp(ctx context.Context, kind pipeline.SearchKind, terms [][]string) (ids []pipeline.DocumentID, err error) {
	query, args := searchStatement(kind, terms)
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id pipeline.DocumentID
		var received int64
		if err := rows.Scan(&id, &received); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// searchColumns are the columns of documents that are searched themselves.
var searchColumns = map[pipeline.SearchKind]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.SearchReference: "id", pipeline.SearchEncounter: "encounter", pipeline.SearchHash: "digest",
}

// searchStatement finds the documents that have every term in one of its forms.
// The index of the first term gives them in order, so that a common name costs no
// more than a page of it.
func searchStatement(kind pipeline.SearchKind, terms [][]string) (query string, args []any) {
	among := func(forms []string) string {
		places := make([]string, len(forms))
		for i, f := range forms {
			args = append(args, text(f))
			places[i] = fmt.Sprintf("$%d", len(args))
		}
		return "(" + strings.Join(places, ", ") + ")"
	}
	limit := fmt.Sprintf(" DESC LIMIT %d", pipeline.MaxFound+1)
	if column := searchColumns[kind]; column != "" {
		return `SELECT id, received_at FROM documents WHERE ` + column + ` IN ` + among(terms[0]) + ` ORDER BY received_at DESC, id` + limit, args
	}
	args = append(args, kind)
	query = `SELECT DISTINCT k.document_id, k.received_at FROM search_keys k WHERE k.kind = $1 AND k.value IN ` + among(terms[0])
	for _, forms := range terms[1:] {
		query += ` AND EXISTS (SELECT 1 FROM search_keys o WHERE o.document_id = k.document_id AND o.kind = $1 AND o.value IN ` + among(forms) + `)`
	}
	return query + ` ORDER BY k.received_at DESC, k.document_id` + limit, args
}

// ownKey gives a key of this database, and makes it when it is first needed.
func ownKey(ctx context.Context, tx *sql.Tx, name string) (key []byte, err error) {
	const statement = `
		INSERT INTO own_keys (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`
	const query = `
		SELECT value
		FROM own_keys
		WHERE name = $1`
	fresh := make([]byte, sha256.Size)
	rand.Read(fresh)
	if _, err := tx.ExecContext(ctx, statement, name, fresh); err != nil {
		return nil, err
	}
	err = tx.QueryRowContext(ctx, query, name).Scan(&key)
	return key, err
}

// markShown is how much of a mark the audit log says: enough to compare.
const markShown = 16

// recordSearch keeps a search and writes its line in the audit log.
func recordSearch(ctx context.Context, tx *sql.Tx, s pipeline.Search, who pipeline.Account) error {
	const statement = `
		INSERT INTO searches (id, at, account, kind, reason, note, mark, found, more)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	found, err := json.Marshal(s.Found)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, statement, s.ID, micros(s.At), s.Account, s.Kind, s.Reason, s.Note, s.Mark, string(found), bit(s.More)); err != nil {
		return err
	}
	number := fmt.Sprint(len(s.Found))
	if s.More {
		number += " or more"
	}
	return appendAudit(ctx, tx, pipeline.AuditEvent{
		At: s.At, Actor: pipeline.Actor{Account: who.Name, Role: who.Role}, Operation: pipeline.OpConsult, Object: "search",
		Detail: fmt.Sprintf("%s, reason %s, found %s, mark %s", s.Kind, s.Reason, number, s.Mark[:markShown]),
	})
}

// FindSearch gives a search that can still be looked at; see pipeline.Searches.
func (d *DB) FindSearch(ctx context.Context, id string, who pipeline.Account, now time.Time) (pipeline.Search, error) {
	const query = `
		SELECT id, at, account, kind, reason, note, mark, found, more
		FROM searches
		WHERE id = $1 AND account = $2 AND at > $3`
	var s pipeline.Search
	var at int64
	var found string
	var more int
	err := d.read.QueryRowContext(ctx, query, text(id), text(who.Name), micros(now.Add(-pipeline.SearchFor))).
		Scan(&s.ID, &at, &s.Account, &s.Kind, &s.Reason, &s.Note, &s.Mark, &found, &more)
	if err != nil {
		return pipeline.Search{}, fmt.Errorf("find search: %w", notFound(err))
	}
	s.At, s.More = timeOf(at), more != 0
	if err := json.Unmarshal([]byte(found), &s.Found); err != nil {
		return pipeline.Search{}, fmt.Errorf("read search: %w", err)
	}
	return s, nil
}
