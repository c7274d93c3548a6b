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
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// feedKey names the key of pseudonyms and of rounding.
const feedKey = "feed"

// FeedKey gives the key; see threat.Store.
func (d *DB) FeedKey(ctx context.Context) (key []byte, err error) {
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		key, err = ownKey(ctx, tx, feedKey)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find key of the feed: %w", err)
	}
	return key, nil
}

// addModel keeps what a report says a document is.
func addModel(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, r pipeline.Report) error {
	const statement = `
		INSERT INTO document_models (document_id, issuing_state, type)
		VALUES ($1, $2, $3)`
	m := threat.ModelOf(r)
	if m == threat.UnknownModel {
		return nil
	}
	_, err := tx.ExecContext(ctx, statement, id, m.IssuingState, m.Type)
	return err
}

// addToFeed writes what is known now of a document that people found false, if
// it is more than the record before says. It tells whether it did.
func addToFeed(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, now time.Time) (added bool, err error) {
	const hold = `
		UPDATE feed_head
		SET last = last
		RETURNING last`
	const insert = `
		INSERT INTO feed (seq, document_id, revision, at, period, issuing_state, type, held, referred, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	const advance = `
		UPDATE feed_head
		SET last = $1`
	var last int64
	if err := tx.QueryRowContext(ctx, hold).Scan(&last); err != nil {
		return false, err
	}
	before, err := lastRecord(ctx, tx, id)
	if err != nil {
		return false, err
	}
	facts, err := factsOf(ctx, tx, id)
	if err != nil {
		return false, err
	}
	o := threat.Record(facts)
	referred, held := threat.Welfare(facts.Group, id)
	o.Revision = before.Revision
	if o, err = o.Seal(); err != nil || before.Revision > 0 && o.Hash == before.Hash && held == before.Held && referred == before.Referred {
		return false, err
	}
	o.Revision++
	if o, err = o.Seal(); err != nil {
		return false, err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, insert, last+1, id, o.Revision, micros(now), o.Period, o.Model.IssuingState, o.Model.Type, bit(held), bit(referred), string(body)); err != nil {
		return false, err
	}
	if err := changeOne(ctx, tx, advance, last+1); err != nil {
		return false, err
	}
	outcome := "recorded"
	if o.Revision > 1 {
		outcome = "revised"
	}
	return true, tell(ctx, tx, pipeline.Delivery{Event: pipeline.HookThreat, Object: o.ID, Outcome: outcome, At: now})
}

// feedColumns are the columns that scanEntry reads, in order, of a table that
// goes by f.
const feedColumns = `f.seq, f.document_id, f.held, f.referred, f.body`

func scanEntry(scan func(...any) error) (e threat.Entry, err error) {
	var body string
	var held, referred int
	if err := scan(&e.Seq, &e.Document, &held, &referred, &body); err != nil {
		return e, err
	}
	e.Held, e.Referred = held != 0, referred != 0
	return e, json.Unmarshal([]byte(body), &e.Outcome)
}

// lastRecord is the newest record of a document; zero if there is none.
func lastRecord(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) (threat.Entry, error) {
	const query = `
		SELECT ` + feedColumns + `
		FROM feed f
		WHERE f.document_id = $1
		ORDER BY f.revision DESC
		LIMIT 1`
	e, err := scanEntry(tx.QueryRowContext(ctx, query, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return threat.Entry{}, nil
	}
	return e, err
}

// factsOf gathers what a record is made of.
func factsOf(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) (f threat.Facts, err error) {
	const query = `
		SELECT d.encounter, d.screened_at, r.cause, COALESCE(e.site, ''), COALESCE(e.channel, ''), COALESCE(c.people, 0),
			COALESCE(v.direction, ''), COALESCE(v.modes, '[]'), COALESCE(v.clandestine, '')
		FROM documents d
		JOIN reviews r ON r.document_id = d.id
		LEFT JOIN encounters e ON e.reference = d.encounter
		LEFT JOIN casefiles c ON c.encounter = d.encounter` + movementJoin + `
		WHERE d.id = $1`
	f.Document = id
	var encounter, modes, hidden string
	var screened int64
	var people int
	if err := tx.QueryRowContext(ctx, query, id).Scan(&encounter, &screened, &f.Cause, &f.Encounter.Site, &f.Encounter.Channel, &people,
		&f.Direction, &modes, &hidden); err != nil {
		return f, err
	}
	f.ScreenedAt, f.Clandestine = timeOf(screened), hidden == string(casework.CertainYes)
	if err := json.Unmarshal([]byte(modes), &f.Modes); err != nil {
		return f, err
	}
	ds, err := decisions(ctx, tx, id)
	if err != nil {
		return f, err
	}
	settled, ok := pipeline.Settled(ds)
	if !ok {
		return f, fmt.Errorf("no decision on %s stands", id)
	}
	f.Decision = settled
	if f.Model, f.RuleSet, err = examined(ctx, tx, id); err != nil {
		return f, err
	}
	if f.Group, err = readGroup(ctx, tx, encounter, people); err != nil {
		return f, err
	}
	if f.Series, f.Business, f.Linked, err = confirmedSeries(ctx, tx, id); err != nil {
		return f, err
	}
	f.Key, err = ownKey(ctx, tx, feedKey)
	return f, err
}

// movementJoin joins how people came in the encounter of a document d: the newest
// counts.
const movementJoin = `
	LEFT JOIN movements v ON v.encounter = d.encounter AND v.seq = (
		SELECT MAX(w.seq)
		FROM movements w
		WHERE w.encounter = d.encounter)`

// modelJoins join the model of a document d: its own, or that of a side.
const modelJoins = `
	LEFT JOIN document_models m ON m.document_id = d.id
	LEFT JOIN document_models s ON s.document_id = (
		SELECT MIN(x.document_id)
		FROM documents p
		JOIN document_models x ON x.document_id = p.id
		WHERE p.page_of = d.id AND p.page_of <> '')`

// examined is the model of a document and the rule set that it was screened with.
func examined(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) (m threat.Model, ruleSet string, err error) {
	const query = `
		SELECT COALESCE(m.issuing_state, s.issuing_state, 'unknown'), COALESCE(m.type, s.type, 'unknown'), o.body
		FROM documents d
		JOIN reports o ON o.document_id = d.id` + modelJoins + `
		WHERE d.id = $1`
	var body string
	if err := tx.QueryRowContext(ctx, query, id).Scan(&m.IssuingState, &m.Type, &body); err != nil {
		return m, "", err
	}
	var report struct {
		RuleSet string `json:"rule_set"`
	}
	err = json.Unmarshal([]byte(body), &report)
	return m, report.RuleSet, err
}

// Outcomes hands out records; see threat.Store.
func (d *DB) Outcomes(ctx context.Context, f threat.Filter, each func(threat.Entry) error) error {
	c := &conditions{}
	c.add(`f.seq > ?`, f.After)
	if f.From != "" {
		c.add(`f.period >= ?`, text(f.From))
	}
	if f.Until != "" {
		c.add(`f.period <= ?`, text(f.Until))
	}
	if f.Current {
		c.add(`NOT EXISTS (SELECT 1 FROM feed n WHERE n.document_id = f.document_id AND n.revision > f.revision)`)
	}
	query := strings.Builder{}
	query.WriteString(`SELECT ` + feedColumns + ` FROM feed f WHERE `)
	query.WriteString(c.where())
	query.WriteString(` ORDER BY f.seq`)
	if f.Limit > 0 {
		fmt.Fprintf(&query, ` LIMIT %d`, f.Limit)
	}
	rows, err := d.read.QueryContext(ctx, query.String(), c.args...)
	if err != nil {
		return fmt.Errorf("read feed: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows.Scan)
		if err != nil {
			return fmt.Errorf("read feed: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Exposure counts what figures are of; see threat.Store. Months are asked for one
// by one: the two engines have no common words for the month of a time.
func (d *DB) Exposure(ctx context.Context, from, until string) (all []threat.Exposed, err error) {
	for _, month := range (threat.Summary{Select: threat.Select{From: from, Until: until}}).Months() {
		begin, err := time.Parse("2006-01", month)
		if err != nil {
			return nil, fmt.Errorf("count screened documents: %w", err)
		}
		for _, count := range []struct {
			measure threat.Measure
			query   string
		}{{threat.Screened, screenedQuery}, {threat.Provisional, provisionalQuery}} {
			more, err := d.exposed(ctx, count.measure, count.query, begin)
			if err != nil {
				return nil, fmt.Errorf("count %s documents: %w", count.measure, err)
			}
			all = append(all, more...)
		}
	}
	return all, nil
}

// What Exposure counts, in a month: documents that were screened, and those whose
// first adverse decision waits for a second person.
const (
	exposedColumns = `COALESCE(e.site, 'unknown') AS site, COALESCE(e.channel, '') AS channel,
		COALESCE(m.issuing_state, s.issuing_state, 'unknown') AS state, COALESCE(m.type, s.type, 'unknown') AS type,
		COALESCE(v.modes, '[]') AS modes`
	exposedFrom = `
		FROM documents d
		LEFT JOIN encounters e ON e.reference = d.encounter` + movementJoin + modelJoins
	exposedWhere = `
		WHERE d.page_of = '' AND d.screened_at > 0 AND d.screened_at >= $1 AND d.screened_at < $2`
	screenedQuery = `
		SELECT g.site, g.channel, g.state, g.type, g.modes, '', COUNT(*)
		FROM (SELECT ` + exposedColumns + exposedFrom + exposedWhere + `) AS g
		GROUP BY g.site, g.channel, g.state, g.type, g.modes`
	provisionalQuery = `
		SELECT g.site, g.channel, g.state, g.type, g.modes, g.verdict, COUNT(*)
		FROM (SELECT ` + exposedColumns + `, p.verdict` + exposedFrom + `
			JOIN reviews r ON r.document_id = d.id AND r.state <> 'decided'
			JOIN decisions p ON p.document_id = d.id AND p.seq = 1` + exposedWhere + `) AS g
		GROUP BY g.site, g.channel, g.state, g.type, g.modes, g.verdict`
)

// exposed runs one of these for a month.
func (d *DB) exposed(ctx context.Context, m threat.Measure, query string, begin time.Time) (all []threat.Exposed, err error) {
	rows, err := d.read.QueryContext(ctx, query, micros(begin), micros(begin.AddDate(0, 1, 0)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		x := threat.Exposed{Measure: m, Cell: threat.Cell{Month: threat.MonthOf(begin)}}
		var model threat.Model
		var coded string
		var modes []string
		if err := rows.Scan(&x.Cell.Site, &x.Cell.Channel, &model.IssuingState, &model.Type, &coded, &x.Cell.Verdict, &x.N); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(coded), &modes); err != nil {
			return nil, err
		}
		x.Cell.Model, x.Cell.Mode = model.String(), threat.ModeOf(modes)
		all = append(all, x)
	}
	return all, rows.Err()
}

// FirstSeen gives the models that are new; see threat.Store.
func (d *DB) FirstSeen(ctx context.Context, since time.Time) (all []threat.Model, err error) {
	const query = `
		SELECT issuing_state, type
		FROM feed
		WHERE issuing_state <> 'unknown'
		GROUP BY issuing_state, type
		HAVING MIN(at) >= $1
		ORDER BY issuing_state, type`
	rows, err := d.read.QueryContext(ctx, query, micros(since))
	if err != nil {
		return nil, fmt.Errorf("find new models: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m threat.Model
		if err := rows.Scan(&m.IssuingState, &m.Type); err != nil {
			return nil, fmt.Errorf("find new models: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// RenewFeed writes records anew; see threat.Store. Each document is looked at in a
// transaction of its own.
func (d *DB) RenewFeed(ctx context.Context, since, now time.Time) (wrote int, err error) {
	ids, err := d.fed(ctx, since)
	if err != nil {
		return 0, fmt.Errorf("renew feed: %w", err)
	}
	actor := pipeline.Actor{Account: feedKey, Role: pipeline.RoleSystem}
	for _, id := range ids {
		err := d.inTx(ctx, func(tx *sql.Tx) error {
			added, err := addToFeed(ctx, tx, id, now)
			if err != nil || !added {
				return err
			}
			wrote++
			return appendAudit(ctx, tx, pipeline.AuditEvent{At: now, Actor: actor, Operation: pipeline.OpCombine, Object: string(id), Detail: "feed_revised"})
		})
		if err != nil {
			return wrote, fmt.Errorf("renew the record of %s: %w", id, err)
		}
	}
	return wrote, nil
}

// fed are the documents whose first record was written since.
func (d *DB) fed(ctx context.Context, since time.Time) (ids []pipeline.DocumentID, err error) {
	const query = `
		SELECT document_id
		FROM feed
		WHERE revision = 1 AND at >= $1
		ORDER BY seq`
	rows, err := d.read.QueryContext(ctx, query, micros(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id pipeline.DocumentID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
