package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// Decide records a decision; see pipeline.Reviews. The table itself refuses a
// second decision of the same person and one of the same number.
func (d *DB) Decide(ctx context.Context, dec pipeline.Decision, who pipeline.Account) (r pipeline.Review, err error) {
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := d.alone(ctx, tx, who); err != nil {
			return err
		}
		if r, err = reviewOf(ctx, tx, dec.Document, d.engine.hold); err != nil {
			return err
		}
		if r.Holder != who.Name || r.Holder == "" {
			return pipeline.ErrConflict
		}
		if err := notOwn(ctx, tx, dec.Document, who); err != nil {
			return err
		}
		before, err := decisions(ctx, tx, dec.Document)
		if err != nil {
			return err
		}
		dec.Seq, dec.Reviewer = len(before)+1, who.Name
		if err := insertDecision(ctx, tx, dec); err != nil {
			return err
		}
		if r, err = settle(ctx, tx, r, pipeline.After(append(before, dec))); err != nil {
			return err
		}
		if err := decided(ctx, tx, r, dec); err != nil {
			return err
		}
		return appendAudit(ctx, tx, personEvent(dec.Document, who, dec.At, "decided"))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return pipeline.Review{}, fmt.Errorf("decide on %s: %w", dec.Document, err)
	}
	return r, nil
}

// decided does what follows from a decision that stands.
func decided(ctx context.Context, tx *sql.Tx, r pipeline.Review, dec pipeline.Decision) error {
	if r.State != pipeline.ReviewDecided {
		return nil
	}
	if dec.Verdict.Adverse() {
		if err := askUpstream(ctx, tx, dec.Document, dec.At); err != nil {
			return err
		}
		if _, err := addToFeed(ctx, tx, dec.Document, dec.At); err != nil {
			return err
		}
	}
	return tell(ctx, tx, pipeline.Delivery{Event: pipeline.HookDecided, Object: string(dec.Document), Outcome: string(r.State), At: dec.At})
}

// askUpstream opens the task to find out where a document came from that was
// found false.
func askUpstream(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, now time.Time) error {
	const query = `
		SELECT encounter
		FROM documents
		WHERE id = $1`
	var encounter string
	if err := tx.QueryRowContext(ctx, query, id).Scan(&encounter); err != nil {
		return err
	}
	return openTask(ctx, tx, casework.UpstreamTask(encounter, now))
}

// settle moves a review on from who holds it, and drops what they had drafted.
func settle(ctx context.Context, tx *sql.Tx, r pipeline.Review, to pipeline.ReviewState) (pipeline.Review, error) {
	const update = `
		UPDATE reviews
		SET state = $2, holder = '', held_until = 0, kept = '', updated = 0
		WHERE document_id = $1`
	const forget = `
		DELETE FROM drafts
		WHERE document_id = $1 AND account = $2`
	if _, err := tx.ExecContext(ctx, forget, r.Document, r.Holder); err != nil {
		return r, err
	}
	r.State, r.Holder, r.HeldUntil, r.Kept, r.Updated = to, "", time.Time{}, "", false
	return r, changeOne(ctx, tx, update, r.Document, to)
}

func insertDecision(ctx context.Context, tx *sql.Tx, d pipeline.Decision) error {
	const statement = `
		INSERT INTO decisions (document_id, seq, reviewer, at, verdict, confidence, level, basis, findings, reason,
			machine, impression, opened, active_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	findings, err := listOf(d.Findings)
	if err != nil {
		return err
	}
	opened, err := listOf(d.Opened)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, statement, d.Document, d.Seq, d.Reviewer, micros(d.At), d.Verdict, d.Confidence, d.Level, d.Basis,
		findings, text(d.Reason), d.Machine, d.Impression, opened, d.Active.Microseconds())
	return err
}

// queryer is what a pool and a transaction have in common here.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Decisions gives what was decided on a document, in order.
func (d *DB) Decisions(ctx context.Context, id pipeline.DocumentID) ([]pipeline.Decision, error) {
	ds, err := decisions(ctx, d.read, id)
	if err != nil {
		return nil, fmt.Errorf("find decisions on %s: %w", id, err)
	}
	return ds, nil
}

// decisionColumns are the columns that scanDecision reads, in order, of a table
// that goes by p.
const decisionColumns = `p.document_id, p.seq, p.reviewer, p.at, p.verdict, p.confidence, p.level, p.basis, p.findings, p.reason,
	p.machine, p.impression, p.opened, p.active_us`

// scanDecision reads one row that begins with decisionColumns.
func scanDecision(scan func(...any) error, more ...any) (d pipeline.Decision, err error) {
	var at, active int64
	var findings, opened string
	if err := scan(append([]any{
		&d.Document, &d.Seq, &d.Reviewer, &at, &d.Verdict, &d.Confidence, &d.Level, &d.Basis,
		&findings, &d.Reason, &d.Machine, &d.Impression, &opened, &active,
	}, more...)...); err != nil {
		return d, err
	}
	d.At, d.Active = timeOf(at), time.Duration(active)*time.Microsecond
	return d, errors.Join(json.Unmarshal([]byte(findings), &d.Findings), json.Unmarshal([]byte(opened), &d.Opened))
}

func decisions(ctx context.Context, q queryer, id pipeline.DocumentID) (ds []pipeline.Decision, err error) {
	const query = `
		SELECT ` + decisionColumns + `
		FROM decisions p
		WHERE p.document_id = $1
		ORDER BY p.seq`
	rows, err := q.QueryContext(ctx, query, text(string(id)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDecision(rows.Scan)
		if err != nil {
			return nil, err
		}
		ds = append(ds, d)
	}
	return ds, rows.Err()
}

// SaveDraft keeps what somebody has written so far; see pipeline.Reviews. An
// impression that they gave stays, whatever a form says that was sent before it.
func (d *DB) SaveDraft(ctx context.Context, id pipeline.DocumentID, who pipeline.Account, draft []byte, now time.Time) error {
	const statement = `
		INSERT INTO drafts (document_id, account, body, saved_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (document_id, account) DO UPDATE
		SET body = excluded.body, saved_at = excluded.saved_at`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := reviewOf(ctx, tx, id, d.engine.hold); err != nil { // one after another
			return err
		}
		kept, err := withImpression(ctx, tx, id, who, draft)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, statement, text(string(id)), who.Name, text(string(kept)), micros(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("save draft on %s: %w", id, err)
	}
	return nil
}

// withImpression is a draft with the impression that was given already.
func withImpression(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, who pipeline.Account, draft []byte) ([]byte, error) {
	const query = `
		SELECT body
		FROM drafts
		WHERE document_id = $1 AND account = $2`
	var body string
	err := tx.QueryRowContext(ctx, query, text(string(id)), who.Name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return draft, nil
	}
	if err != nil {
		return nil, err
	}
	was, err := pipeline.ParseDraft([]byte(body))
	if err != nil || was.Impression == "" {
		return draft, err
	}
	d, err := pipeline.ParseDraft(draft)
	if err != nil || d.Impression == was.Impression {
		return draft, err
	}
	d.Impression = was.Impression
	return d.Bytes()
}

// Draft gives back what somebody has written; ErrNotFound if nothing.
func (d *DB) Draft(ctx context.Context, id pipeline.DocumentID, who pipeline.Account) ([]byte, error) {
	const query = `
		SELECT body
		FROM drafts
		WHERE document_id = $1 AND account = $2`
	var body string
	if err := d.read.QueryRowContext(ctx, query, text(string(id)), who.Name).Scan(&body); err != nil {
		return nil, fmt.Errorf("find draft on %s: %w", id, notFound(err))
	}
	return []byte(body), nil
}

// AskAgain puts a review aside until a better picture comes; see
// pipeline.Reviews. ErrConflict if who does not hold it.
func (d *DB) AskAgain(ctx context.Context, ask pipeline.Recapture, who pipeline.Account) error {
	const wait = `
		UPDATE reviews
		SET state = 'waiting', holder = '', held_until = 0, kept = $2, updated = 0
		WHERE document_id = $1 AND holder = $2 AND holder <> ''`
	const insert = `
		INSERT INTO recaptures (document_id, asked_by, asked_at, reasons, note, box, answer)
		VALUES ($1, $2, $3, $4, $5, $6, '')`
	reasons, err := listOf(ask.Reasons)
	if err != nil {
		return fmt.Errorf("ask for another picture of %s: %w", ask.Document, err)
	}
	box, err := json.Marshal(ask.Box)
	if err != nil {
		return fmt.Errorf("ask for another picture of %s: %w", ask.Document, err)
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, wait, text(string(ask.Document)), who.Name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, ask.Document, who.Name, micros(ask.AskedAt), reasons, text(ask.Note), string(box)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, personEvent(ask.Document, who, ask.AskedAt, "recapture_asked"))
	})
	if err != nil {
		return fmt.Errorf("ask for another picture of %s: %w", ask.Document, err)
	}
	return nil
}

// answerRecapture takes a picture that has just come as the better one, if one
// was asked for, and brings the review back to who asked. The time that it
// waited does not count.
func (d *DB) answerRecapture(ctx context.Context, tx *sql.Tx, doc pipeline.Document) error {
	const answer = `
		UPDATE recaptures
		SET answer = $2
		WHERE document_id = $1 AND answer = ''
		RETURNING asked_at`
	const resume = `
		UPDATE reviews
		SET state = $2, updated = 1, due_at = due_at + $3
		WHERE document_id = $1`
	if doc.PageOf == "" {
		return nil
	}
	r, err := reviewOf(ctx, tx, doc.PageOf, d.engine.hold)
	if errors.Is(err, pipeline.ErrNotFound) || err == nil && r.State != pipeline.ReviewWaiting {
		return nil
	}
	if err != nil {
		return err
	}
	var asked int64
	if err := tx.QueryRowContext(ctx, answer, doc.PageOf, doc.ID).Scan(&asked); err != nil {
		return err
	}
	before, err := decisions(ctx, tx, doc.PageOf)
	if err != nil {
		return err
	}
	waited := max(micros(doc.ReceivedAt)-asked, 0)
	return changeOne(ctx, tx, resume, doc.PageOf, pipeline.After(before), waited)
}

// Recaptures gives what better pictures were asked for, in order.
func (d *DB) Recaptures(ctx context.Context, id pipeline.DocumentID) (all []pipeline.Recapture, err error) {
	const query = `
		SELECT document_id, asked_by, asked_at, reasons, note, box, answer
		FROM recaptures
		WHERE document_id = $1
		ORDER BY asked_at`
	rows, err := d.read.QueryContext(ctx, query, text(string(id)))
	if err != nil {
		return nil, fmt.Errorf("find recaptures of %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r pipeline.Recapture
		var at int64
		var reasons, box string
		if err := rows.Scan(&r.Document, &r.AskedBy, &at, &reasons, &r.Note, &box, &r.Answer); err != nil {
			return nil, fmt.Errorf("find recaptures of %s: %w", id, err)
		}
		r.AskedAt = timeOf(at)
		if err := errors.Join(json.Unmarshal([]byte(reasons), &r.Reasons), json.Unmarshal([]byte(box), &r.Box)); err != nil {
			return nil, fmt.Errorf("find recaptures of %s: %w", id, err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
