package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// OpenSeries keeps a series; see casework.SeriesStore.
func (d *DB) OpenSeries(ctx context.Context, s casework.Series, who pipeline.Account) error {
	const statement = `
		INSERT INTO series (id, title, opened_by, opened_at)
		VALUES ($1, $2, $3, $4)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := refuse(s.Check()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, statement, s.ID, text(s.Title), who.Name, micros(s.OpenedAt)); err != nil {
			return err
		}
		for i, e := range s.Entries {
			if err := addEntry(ctx, tx, s.ID, i+1, e); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, caseEvent(s.ID, who, s.OpenedAt, pipeline.OpCollect, "series_opened"))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("open series: %w", err)
	}
	return nil
}

// addEntry writes an entry as the nth of a series.
func addEntry(ctx context.Context, tx *sql.Tx, series string, n int, e casework.SeriesEntry) error {
	const statement = `
		INSERT INTO series_entries (seq, series, kind, document, state, business_model, labels, observation, handed_to, source, grade, words, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	_, err := tx.ExecContext(ctx, statement, n, series, e.Kind, text(e.Document), e.State, e.Business, e.Labels, e.Observation, e.HandedTo, e.Source, e.Grade,
		text(e.Words), e.By, micros(e.At))
	return err
}

// AddToSeries adds an entry; see casework.SeriesStore. Those that move a document are
// in its own log too.
func (d *DB) AddToSeries(ctx context.Context, id string, e casework.SeriesEntry, who pipeline.Account) error {
	const hold = `
		SELECT id
		FROM series
		WHERE id = $1`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, hold+d.engine.hold, text(id)).Scan(&id); err != nil {
			return notFound(err)
		}
		s := casework.Series{ID: id}
		if err := readEntries(ctx, tx, &s); err != nil {
			return err
		}
		if err := refuse(s.CheckEntry(e)); err != nil {
			return err
		}
		if err := moveDocument(ctx, tx, id, e); err != nil {
			return err
		}
		if err := addEntry(ctx, tx, id, len(s.Entries)+1, e); err != nil {
			return err
		}
		event := caseEvent(id, who, e.At, pipeline.OpAlter, "series_"+string(e.Kind))
		if e.Document == "" {
			return appendAudit(ctx, tx, event)
		}
		event.Operation = pipeline.OpCombine
		theirs := event
		theirs.Object = e.Document
		return errors.Join(appendAudit(ctx, tx, event), appendAudit(ctx, tx, theirs))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("add to series: %w", err)
	}
	return nil
}

// moveDocument keeps where a document belongs now, and sees that another series to
// which people were handed on is there.
func moveDocument(ctx context.Context, tx *sql.Tx, id string, e casework.SeriesEntry) error {
	const add = `
		INSERT INTO series_documents (document, series)
		SELECT id, $2
		FROM documents
		WHERE id = $1`
	const takeOut = `
		DELETE FROM series_documents
		WHERE document = $1 AND series = $2`
	const other = `
		SELECT id
		FROM series
		WHERE id = $1`
	switch e.Kind {
	case casework.EntryAdded:
		result, err := tx.ExecContext(ctx, add, text(e.Document), id)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, pipeline.ErrNotFound)
		}
	case casework.EntryTakenOut:
		return changeOne(ctx, tx, takeOut, text(e.Document), id)
	case casework.EntryObservation:
		if e.HandedTo != "" {
			return notFound(tx.QueryRowContext(ctx, other, e.HandedTo).Scan(&e.HandedTo))
		}
	case casework.EntryState, casework.EntryBusiness: // move nothing
	}
	return nil
}

// FindSeries gives a series; see casework.SeriesStore.
func (d *DB) FindSeries(ctx context.Context, id string) (casework.Series, error) {
	all, err := d.series(ctx, `WHERE id = $1`, text(id))
	if err == nil && len(all) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return casework.Series{}, fmt.Errorf("find series: %w", err)
	}
	return all[0], nil
}

// ListSeries gives the newest; see casework.SeriesStore.
func (d *DB) ListSeries(ctx context.Context, limit int) ([]casework.Series, error) {
	all, err := d.series(ctx, `ORDER BY opened_at DESC, id LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list series: %w", err)
	}
	return all, nil
}

// series reads series; the rest of the query says which.
func (d *DB) series(ctx context.Context, which string, args ...any) (all []casework.Series, err error) {
	const query = `SELECT id, title, opened_by, opened_at FROM series `
	rows, err := d.read.QueryContext(ctx, query+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s casework.Series
		var opened int64
		if err := rows.Scan(&s.ID, &s.Title, &s.OpenedBy, &opened); err != nil {
			return nil, err
		}
		s.OpenedAt = timeOf(opened)
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range all {
		if err := readEntries(ctx, d.read, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readEntries(ctx context.Context, q queryer, s *casework.Series) error {
	const query = `
		SELECT kind, document, state, business_model, labels, observation, handed_to, source, grade, words, by_whom, at
		FROM series_entries
		WHERE series = $1
		ORDER BY seq`
	return each(ctx, q, query, s.ID, func(scan func(...any) error) error {
		var e casework.SeriesEntry
		var at int64
		err := scan(&e.Kind, &e.Document, &e.State, &e.Business, &e.Labels, &e.Observation, &e.HandedTo, &e.Source, &e.Grade, &e.Words, &e.By, &at)
		e.At = timeOf(at)
		s.Entries = append(s.Entries, e)
		return err
	})
}

// SeriesFacts gives what follows from the documents; see casework.SeriesStore.
func (d *DB) SeriesFacts(ctx context.Context, id string) (f casework.SeriesFacts, err error) {
	for _, read := range []func(context.Context, queryer, string, *casework.SeriesFacts) error{readAttempts, readHolders, readHandOvers} {
		if err := read(ctx, d.read, id, &f); err != nil {
			return f, fmt.Errorf("read facts of series: %w", err)
		}
	}
	return f, nil
}

func readAttempts(ctx context.Context, q queryer, id string, f *casework.SeriesFacts) error {
	const query = `
		SELECT d.id, d.encounter, COALESCE(i.incident, ''), COALESCE(e.site, ''), COALESCE(e.channel, ''), d.received_at
		FROM series_documents m
		JOIN documents d ON d.id = m.document
		LEFT JOIN encounters e ON e.reference = d.encounter
		LEFT JOIN incident_encounters i ON i.encounter = d.encounter
		WHERE m.series = $1
		ORDER BY d.received_at, d.id`
	return each(ctx, q, query, id, func(scan func(...any) error) error {
		var a casework.Attempt
		var at int64
		err := scan(&a.Document, &a.Encounter, &a.Incident, &a.Site, &a.Channel, &at)
		a.At = timeOf(at)
		f.Attempts = append(f.Attempts, a)
		return err
	})
}

// holdersOf are the people whose documents belong to a series: the newest line of a
// document says whose it is.
const holdersOf = `
	SELECT DISTINCT h.encounter, CASE WHEN h.belongs_to > 0 THEN h.belongs_to ELSE h.held_by END AS person
	FROM series_documents m
	JOIN holdings h ON h.document = m.document
	WHERE m.series = $1 AND h.belongs_to + h.held_by > 0
		AND h.seq = (SELECT MAX(n.seq) FROM holdings n WHERE n.encounter = h.encounter AND n.document = h.document)`

func readHolders(ctx context.Context, q queryer, id string, f *casework.SeriesFacts) error {
	const query = `
		SELECT p.encounter, p.person, (
			SELECT COUNT(*)
			FROM referrals r
			WHERE r.encounter = p.encounter AND r.person = p.person AND r.kind IN ('nrm', 'notify', 'children'))
		FROM (` + holdersOf + `) AS p
		ORDER BY p.encounter, p.person`
	return each(ctx, q, query, id, func(scan func(...any) error) error {
		var h casework.Holder
		var referred int
		err := scan(&h.Encounter, &h.Number, &referred)
		h.Referred = referred > 0
		f.Holders = append(f.Holders, h)
		return err
	})
}

// RelatedDocuments finds documents of no series with the same picture or document number
// as one of the series, and, of those that two people found false, such whose number
// differs in the last two places.
func (d *DB) RelatedDocuments(ctx context.Context, id string) (all []casework.Related, err error) {
	const query = `
		SELECT o.id, d.id, 'same_picture'
		FROM series_documents m
		JOIN documents d ON d.id = m.document
		JOIN documents o ON o.digest = d.digest AND o.id <> d.id
		WHERE m.series = $1 AND NOT EXISTS (SELECT 1 FROM series_documents x WHERE x.document = o.id)
		UNION
		SELECT o.document_id, k.document_id, 'same_document_number'
		FROM series_documents m
		JOIN search_keys k ON k.document_id = m.document AND k.kind = 'document_number'
		JOIN search_keys o ON o.kind = k.kind AND o.value = k.value AND o.document_id <> k.document_id
		WHERE m.series = $1 AND NOT EXISTS (SELECT 1 FROM series_documents x WHERE x.document = o.document_id)
		UNION
		SELECT o.document_id, k.document_id, 'number_block'
		FROM series_documents m
		JOIN search_keys k ON k.document_id = m.document AND k.kind = 'document_number' AND LENGTH(k.value) > 4
		JOIN search_keys o ON o.kind = k.kind AND o.value <> k.value AND LENGTH(o.value) = LENGTH(k.value)
			AND o.value BETWEEN SUBSTR(k.value, 1, LENGTH(k.value) - 2) || '00' AND SUBSTR(k.value, 1, LENGTH(k.value) - 2) || 'ZZ'
			AND SUBSTR(o.value, 1, LENGTH(o.value) - 2) = SUBSTR(k.value, 1, LENGTH(k.value) - 2)
		JOIN feed t ON t.document_id = o.document_id AND t.revision = 1
		WHERE m.series = $1 AND NOT EXISTS (SELECT 1 FROM series_documents x WHERE x.document = o.document_id)
		ORDER BY 1, 2, 3
		LIMIT 100`
	err = each(ctx, d.read, query, id, func(scan func(...any) error) error {
		var r casework.Related
		err := scan(&r.Document, &r.Member, &r.Because)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find related documents: %w", err)
	}
	return all, nil
}

func readHandOvers(ctx context.Context, q queryer, id string, f *casework.SeriesFacts) error {
	const query = `
		SELECT DISTINCT series
		FROM series_entries
		WHERE handed_to = $1
		ORDER BY series`
	return each(ctx, q, query, id, func(scan func(...any) error) error {
		var from string
		err := scan(&from)
		f.From = append(f.From, from)
		return err
	})
}

// SeriesReferrals gives the referrals that were made from a series; see
// casework.SeriesStore.
func (d *DB) SeriesReferrals(ctx context.Context, id string) ([]casework.Referral, error) {
	all, err := referrals(ctx, d.read, `WHERE series = $1 AND series <> '' ORDER BY sent_at, id`, text(id))
	if err != nil {
		return nil, fmt.Errorf("list referrals of series: %w", err)
	}
	return all, nil
}

// fromSeries sees that a referral that says so can come from its series, to which a
// document of the encounter must belong, and writes it down there too.
func fromSeries(ctx context.Context, tx *sql.Tx, r casework.Referral, who pipeline.Account) error {
	const query = `
		SELECT COUNT(*)
		FROM series_documents m
		JOIN documents d ON d.id = m.document
		WHERE m.series = $1 AND d.encounter = $2`
	if r.Series == "" {
		return nil
	}
	var n int
	if err := tx.QueryRowContext(ctx, query, text(r.Series), text(r.Encounter)).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return refuse([]casework.Mistake{{Field: "series", Text: "No document of this encounter belongs to that series"}})
	}
	return appendAudit(ctx, tx, caseEvent(r.Series, who, r.SentAt, pipeline.OpDisclose, "referral_sent"))
}

// confirmedSeries is what a record says of the series of a document: nothing, unless
// people have confirmed it. Whether it is closed by now changes nothing.
func confirmedSeries(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) (series string, business casework.BusinessModel, linked int, err error) {
	const query = `
		SELECT m.series, COALESCE((
				SELECT b.business_model
				FROM series_entries b
				WHERE b.series = m.series AND b.kind = 'business_model'
				ORDER BY b.seq DESC
				LIMIT 1), '')
		FROM series_documents m
		WHERE m.document = $1 AND 'confirmed' = (
			SELECT s.state
			FROM series_entries s
			WHERE s.series = m.series AND s.kind = 'state' AND s.state <> 'closed'
			ORDER BY s.seq DESC
			LIMIT 1)`
	err = tx.QueryRowContext(ctx, query, id).Scan(&series, &business)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", 0, nil
	}
	if err != nil {
		return "", "", 0, err
	}
	var f casework.SeriesFacts
	err = readHolders(ctx, tx, series, &f)
	return series, business, f.Victims(), err
}
