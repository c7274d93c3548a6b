package db

import (
	"context"
	"database/sql"
	"fmt"

	"touchstone.internal/pipeline"
)

// OpenEncounter gives an encounter the next number of its site and day; see
// pipeline.Encounters. ErrConflict if two took the same number at once.
func (d *DB) OpenEncounter(ctx context.Context, e pipeline.Encounter) (pipeline.Encounter, error) {
	const last = `
		SELECT COALESCE(MAX(reference), '')
		FROM encounters
		WHERE reference >= $1 AND reference < $2`
	const insert = `
		INSERT INTO encounters (reference, site, channel, people, clock_from, opened_by, opened_at, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`
	prefix := e.Site + "-" + e.OpenedAt.Format("060102") + "-"
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		var newest string
		if err := tx.QueryRowContext(ctx, last, prefix, prefix+":").Scan(&newest); err != nil { // ':' follows '9'
			return err
		}
		n := 0
		if newest != "" {
			if _, err := fmt.Sscanf(newest[len(prefix):], "%d", &n); err != nil {
				return err
			}
		}
		if n >= 9999 {
			return fmt.Errorf("the numbers of %s are used up for today", e.Site)
		}
		e.Reference = fmt.Sprintf("%s%04d", prefix, n+1)
		_, err := tx.ExecContext(ctx, insert, e.Reference, e.Site, e.Channel, e.People, micros(e.ClockFrom), text(e.OpenedBy), micros(e.OpenedAt))
		if err != nil {
			return err
		}
		role, err := roleOf(ctx, tx, e.OpenedBy)
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, pipeline.AuditEvent{
			At: e.OpenedAt, Actor: pipeline.Actor{Account: e.OpenedBy, Role: role},
			Operation: pipeline.OpCollect, Object: e.Reference, Detail: "encounter_opened",
		})
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return pipeline.Encounter{}, fmt.Errorf("open encounter: %w", err)
	}
	return e, nil
}

// FindEncounter gives an encounter; ErrNotFound if there is none.
func (d *DB) FindEncounter(ctx context.Context, reference string) (e pipeline.Encounter, err error) {
	const query = `
		SELECT reference, site, channel, people, clock_from, opened_by, opened_at, closed_at
		FROM encounters
		WHERE reference = $1`
	var clock, opened, closed int64
	err = d.read.QueryRowContext(ctx, query, text(reference)).Scan(
		&e.Reference, &e.Site, &e.Channel, &e.People, &clock, &e.OpenedBy, &opened, &closed)
	if err != nil {
		return pipeline.Encounter{}, fmt.Errorf("find encounter: %w", notFound(err))
	}
	e.ClockFrom, e.OpenedAt, e.ClosedAt = timeOf(clock), timeOf(opened), timeOf(closed)
	return e, nil
}
