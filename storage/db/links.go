package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// SaveLink adds a link, or a correction of one; see casework.LinkStore. The files of
// both encounters are held, so that nobody closes a reason for concern that they have
// not seen.
func (d *DB) SaveLink(ctx context.Context, l casework.Link, who pipeline.Account) error {
	const statement = `
		INSERT INTO person_links (seq, from_encounter, from_person, to_encounter, to_person, kind, status, words, source, grade, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		from, to, err := d.holdBoth(ctx, tx, l)
		if err != nil {
			return err
		}
		if err := refuse(from.LinkMistakes(l)); err != nil {
			return err
		}
		at := from.Next(to.Next(l.At))
		_, err = tx.ExecContext(ctx, statement, len(from.Links)+1, l.From.Encounter, l.From.Number, l.To.Encounter, l.To.Number, l.Kind, l.Status,
			text(l.Words), l.Source, l.Grade, who.Name, micros(at))
		if err != nil {
			return err
		}
		err = appendAudit(ctx, tx, caseEvent(l.From.Encounter, who, l.At, pipeline.OpCombine, "link_saved"))
		if err != nil || l.To.Encounter == l.From.Encounter {
			return err
		}
		return appendAudit(ctx, tx, caseEvent(l.To.Encounter, who, l.At, pipeline.OpCombine, "link_saved"))
	})
	if err != nil {
		return fmt.Errorf("save link: %w", err)
	}
	return nil
}

// holdBoth gives the groups of both ends as they are, while nobody else changes them.
// They are held in the order of their references, so that two cannot wait for each
// other.
func (d *DB) holdBoth(ctx context.Context, tx *sql.Tx, l casework.Link) (from, to casework.Group, err error) {
	const query = `
		SELECT people
		FROM casefiles
		WHERE encounter = $1`
	people := map[string]int{}
	for _, e := range []string{min(l.From.Encounter, l.To.Encounter), max(l.From.Encounter, l.To.Encounter)} {
		var n int
		if err := tx.QueryRowContext(ctx, query+d.engine.hold, text(e)).Scan(&n); err != nil {
			return from, to, notFound(err)
		}
		people[e] = n
	}
	for _, p := range []casework.PersonAt{l.From, l.To} {
		if p.Number < 1 || p.Number > people[p.Encounter] {
			return from, to, pipeline.ErrNotFound
		}
	}
	from, err = readGroup(ctx, tx, l.From.Encounter, people[l.From.Encounter])
	if err != nil {
		return from, to, err
	}
	to, err = readGroup(ctx, tx, l.To.Encounter, people[l.To.Encounter])
	return from, to, err
}

func readLinks(ctx context.Context, q queryer, g *casework.Group) error {
	const query = `
		SELECT from_encounter, from_person, to_encounter, to_person, kind, status, words, source, grade, by_whom, at
		FROM person_links
		WHERE from_encounter = $1 OR to_encounter = $1
		ORDER BY at, from_encounter, seq`
	return each(ctx, q, query, g.Encounter, func(scan func(...any) error) error {
		var l casework.Link
		var at int64
		err := scan(&l.From.Encounter, &l.From.Number, &l.To.Encounter, &l.To.Number, &l.Kind, &l.Status, &l.Words, &l.Source, &l.Grade, &l.By, &at)
		l.At = timeOf(at)
		g.Links = append(g.Links, l)
		return err
	})
}

// traceKey names the key of what people may share.
const traceKey = "traces"

// addTraces keeps what an answer may share with those of others.
func addTraces(ctx context.Context, tx *sql.Tx, p casework.PersonAt, a casework.Answer) error {
	const statement = `
		INSERT INTO person_traces (kind, mark, encounter, person, at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`
	all := casework.Traces(a)
	if len(all) == 0 {
		return nil
	}
	key, err := ownKey(ctx, tx, traceKey)
	if err != nil {
		return err
	}
	for _, t := range all {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(string(t.Kind) + "\n" + t.Value))
		if _, err := tx.ExecContext(ctx, statement, t.Kind, hex.EncodeToString(mac.Sum(nil)), p.Encounter, p.Number, micros(a.At)); err != nil {
			return err
		}
	}
	return nil
}

// LinkCandidates gives who has something in common with a person; see
// casework.LinkStore.
func (d *DB) LinkCandidates(ctx context.Context, p casework.PersonAt) (all []casework.LinkCandidate, err error) {
	const query = `
		WITH mine AS (
			SELECT DISTINCT d.id, d.digest
			FROM holdings h
			JOIN documents d ON d.id = h.document
			WHERE h.encounter = $1 AND (h.belongs_to = $2 OR h.belongs_to = 0 AND h.held_by = $2)
		), shared AS (
			SELECT m.id AS mine, o.id AS theirs, 'same_picture' AS kind
			FROM mine m
			JOIN documents o ON o.digest = m.digest AND o.id <> m.id
			UNION
			SELECT k.document_id, o.document_id, 'same_document_number'
			FROM mine m
			JOIN search_keys k ON k.document_id = m.id AND k.kind = 'document_number'
			JOIN search_keys o ON o.kind = k.kind AND o.value = k.value AND o.document_id <> k.document_id
		)
		SELECT h.encounter, CASE WHEN h.belongs_to > 0 THEN h.belongs_to ELSE h.held_by END AS person, s.kind, s.mine, s.theirs, o.received_at AS at
		FROM shared s
		JOIN documents o ON o.id = s.theirs
		JOIN holdings h ON h.document = s.theirs
		WHERE h.encounter <> $1 AND h.belongs_to + h.held_by > 0
		UNION
		SELECT o.encounter, o.person, o.kind, '', '', o.at
		FROM person_traces t
		JOIN person_traces o ON o.kind = t.kind AND o.mark = t.mark
		WHERE t.encounter = $1 AND t.person = $2 AND NOT (o.encounter = $1 AND o.person = $2)
		ORDER BY at DESC, 1, 2, 3
		LIMIT 100`
	rows, err := d.read.QueryContext(ctx, query, text(p.Encounter), p.Number)
	if err != nil {
		return nil, fmt.Errorf("find who may be linked: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c casework.LinkCandidate
		var at int64
		if err := rows.Scan(&c.Person.Encounter, &c.Person.Number, &c.Because, &c.Mine, &c.Theirs, &at); err != nil {
			return nil, fmt.Errorf("find who may be linked: %w", err)
		}
		c.At = timeOf(at)
		all = append(all, c)
	}
	return all, rows.Err()
}
