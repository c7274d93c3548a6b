package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"touchstone.internal/pipeline"
)

// Join makes a document another side of a document of the same account and
// encounter; see pipeline.Documents.
func (d *DB) Join(ctx context.Context, id, head pipeline.DocumentID, who pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE documents
		SET page_of = $2
		WHERE id = $1 AND id <> $2 AND page_of = '' AND uploaded_by = $3
			AND NOT EXISTS (SELECT 1 FROM documents p WHERE p.page_of = $1)
			AND EXISTS (
				SELECT 1 FROM documents h
				WHERE h.id = $2 AND h.page_of = '' AND h.uploaded_by = $3 AND h.encounter = documents.encounter
			)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, statement, text(string(id)), text(string(head)), who.Name); err != nil {
			return err
		}
		if err := settleSides(ctx, tx, head); err != nil {
			return err
		}
		return appendAudit(ctx, tx, personEvent(id, who, now, "joined"))
	})
	if err != nil {
		return fmt.Errorf("join document %s: %w", id, err)
	}
	return nil
}

// settleSides takes back what reviewers were asked for only because a side
// without a zone came first, or alone: the zone is on another side. What
// somebody has begun stays.
func settleSides(ctx context.Context, tx *sql.Tx, head pipeline.DocumentID) error {
	const query = `
		SELECT ` + documentColumns + `
		FROM documents
		WHERE (id = $1 OR page_of = $1) AND state = 'screened'`
	all, err := documentsOf(ctx, tx, query, head)
	if err != nil || len(all) < 2 {
		return err
	}
	open := func(d pipeline.Document) bool {
		return d.Outcome.Conclusion != pipeline.NoIrregularityFound && !pipeline.Covered(d.Outcome, all)
	}
	for _, side := range all {
		if side.ID == head && slices.ContainsFunc(all, open) {
			continue
		}
		if !pipeline.Covered(side.Outcome, all) && side.ID != head {
			continue
		}
		if err := withdrawReview(ctx, tx, side.ID); err != nil {
			return err
		}
	}
	return nil
}

// withdrawReview takes a review back that was opened because a picture could not
// be checked, if nobody has touched it.
func withdrawReview(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) error {
	const statement = `
		DELETE FROM reviews
		WHERE document_id = $1 AND cause = 'could_not_check' AND state = 'first' AND safety = 0 AND holder = ''
			AND NOT EXISTS (SELECT 1 FROM decisions x WHERE x.document_id = $1)
			AND NOT EXISTS (SELECT 1 FROM drafts x WHERE x.document_id = $1)
			AND NOT EXISTS (SELECT 1 FROM recaptures x WHERE x.document_id = $1)`
	_, err := tx.ExecContext(ctx, statement, id)
	return err
}
