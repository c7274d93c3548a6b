package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
)

// A claim is a lease: owner and attempt together name it. Every later step
// repeats both, so that a worker that lost its lease, knowing or not, changes
// nothing.

// Claim takes a document for owner until the given time; see
// pipeline.Documents. ErrNotFound if there is no such document.
func (d *DB) Claim(ctx context.Context, id pipeline.DocumentID, owner string, now, until time.Time) (doc pipeline.Document, err error) {
	const statement = `
		UPDATE documents
		SET state = 'screening', owner = $2, attempt = attempt + 1, lease_until = $4
		WHERE id = $1
			AND (state = 'received' OR (state = 'screening' AND lease_until <= $3))
		RETURNING ` + documentColumns
	if owner == "" {
		return doc, fmt.Errorf("claim document %s: a claim needs an owner", id)
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		doc, err = scanDocument(tx.QueryRowContext(ctx, statement, id, owner, micros(now), micros(until)).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return whyNot(ctx, tx, id)
		}
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, workerEvent(doc, now, "claimed"))
	})
	if err != nil {
		return pipeline.Document{}, fmt.Errorf("claim document %s: %w", id, err)
	}
	return doc, nil
}

// whyNot tells a missing document from one that is taken.
func whyNot(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) error {
	const query = `
		SELECT 1
		FROM documents
		WHERE id = $1`
	var one int
	err := tx.QueryRowContext(ctx, query, id).Scan(&one)
	if err != nil {
		return notFound(err)
	}
	return pipeline.ErrConflict
}

// Release gives a claimed document back; see pipeline.Documents. ErrConflict
// if the claim was lost. Its audit entry bears the database's time.
func (d *DB) Release(ctx context.Context, doc pipeline.Document) error {
	const statement = `
		UPDATE documents
		SET state = 'received', owner = '', lease_until = 0
		WHERE id = $1 AND owner = $2 AND attempt = $3 AND state = 'screening'`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, statement, doc.ID, doc.Owner, doc.Attempt); err != nil {
			return err
		}
		var now int64
		if err := tx.QueryRowContext(ctx, `SELECT `+d.engine.clock).Scan(&now); err != nil {
			return err
		}
		return appendAudit(ctx, tx, workerEvent(doc, timeOf(now), "released"))
	})
	if err != nil {
		return fmt.Errorf("release document %s: %w", doc.ID, err)
	}
	return nil
}

// Finish stores the one report of a claimed document; see pipeline.Documents.
// It also takes a late report, as long as nobody else has claimed the document.
func (d *DB) Finish(ctx context.Context, doc pipeline.Document, s pipeline.Screened) error {
	const update = `
		UPDATE documents
		SET state = 'screened', owner = '', lease_until = 0,
			screened_at = $4, conclusion = $5, outcome = $6, rendition = $7
		WHERE id = $1 AND owner = $2 AND attempt = $3 AND state = 'screening'`
	const insert = `
		INSERT INTO reports (document_id, body)
		VALUES ($1, $2)`
	outcome, err := json.Marshal(s.Report.Outcome)
	if err != nil {
		return fmt.Errorf("finish document %s: %w", doc.ID, err)
	}
	body, err := json.Marshal(s.Report)
	if err != nil {
		return fmt.Errorf("finish document %s: %w", doc.ID, err)
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, update, doc.ID, doc.Owner, doc.Attempt,
			micros(s.At), s.Report.Outcome.Conclusion, string(outcome), s.Rendition); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, doc.ID, string(body)); err != nil {
			return err
		}
		if err := addSearchKeys(ctx, tx, doc, s.Report); err != nil {
			return err
		}
		if err := addModel(ctx, tx, doc.ID, s.Report); err != nil {
			return err
		}
		if s.Review != nil {
			if err := openReview(ctx, tx, doc, *s.Review, s.At); err != nil {
				return err
			}
		}
		if err := settleSides(ctx, tx, doc.Head()); err != nil {
			return err
		}
		told := pipeline.Delivery{Event: pipeline.HookScreened, Object: string(doc.ID), Outcome: string(s.Report.Outcome.Conclusion), At: s.At}
		if err := tell(ctx, tx, told); err != nil {
			return err
		}
		return appendAudit(ctx, tx, workerEvent(doc, s.At, "screened"))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("finish document %s: %w", doc.ID, err)
	}
	return nil
}

// changeOne runs a compare-and-set; ErrConflict if the comparison failed.
func changeOne(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return pipeline.ErrConflict
	}
	return nil
}

// workerEvent is what the audit log keeps of a worker's step.
func workerEvent(doc pipeline.Document, at time.Time, detail string) pipeline.AuditEvent {
	return pipeline.AuditEvent{
		At: at, Actor: pipeline.Actor{Account: doc.Owner, Role: pipeline.RoleSystem},
		Operation: pipeline.OpAlter, Object: string(doc.ID), Detail: detail,
	}
}
