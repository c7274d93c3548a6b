package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
)

// OpenEncounter gives an encounter the next number of its site and day; see
// pipeline.Encounters. Whoever finds the number taken by somebody who was first
// takes the next: each round at least one gets theirs.
func (d *DB) OpenEncounter(ctx context.Context, e pipeline.Encounter) (pipeline.Encounter, error) {
	for {
		opened, err := d.openEncounter(ctx, e)
		if isTaken(err) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return pipeline.Encounter{}, fmt.Errorf("open encounter: %w", err)
		}
		return opened, nil
	}
}

func (d *DB) openEncounter(ctx context.Context, e pipeline.Encounter) (pipeline.Encounter, error) {
	const insert = `
		INSERT INTO encounters (reference, site, channel, people, clock_from, opened_by, opened_at, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`
	err := d.inTx(ctx, func(tx *sql.Tx) (err error) {
		if e.Reference, err = nextReference(ctx, tx, e); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insert, e.Reference, e.Site, e.Channel, e.People, micros(e.ClockFrom), text(e.OpenedBy), micros(e.OpenedAt))
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
	return e, err
}

// nextReference is one more than the newest of the site and day. The part before
// the number is compared as a whole: the order of letters and signs is not the
// same in every database.
func nextReference(ctx context.Context, tx *sql.Tx, e pipeline.Encounter) (string, error) {
	const last = `
		SELECT COALESCE(MAX(reference), '')
		FROM encounters
		WHERE substr(reference, 1, 10) = $1`
	day := e.Site + "-" + e.OpenedAt.Format("060102")
	var newest string
	if err := tx.QueryRowContext(ctx, last, day).Scan(&newest); err != nil {
		return "", err
	}
	n := 0
	if newest != "" {
		var err error
		if n, err = strconv.Atoi(newest[len(day)+1:]); err != nil {
			return "", err
		}
	}
	if n >= 9999 {
		return "", fmt.Errorf("the numbers of %s are used up for today", e.Site)
	}
	return fmt.Sprintf("%s-%04d", day, n+1), nil
}

// FindEncounter gives an encounter; ErrNotFound if there is none.
func (d *DB) FindEncounter(ctx context.Context, reference string) (e pipeline.Encounter, err error) {
	const query = `
		SELECT ` + encounterColumns + `
		FROM encounters
		WHERE reference = $1`
	if e, err = scanEncounter(d.read.QueryRowContext(ctx, query, text(reference)).Scan); err != nil {
		return pipeline.Encounter{}, fmt.Errorf("find encounter: %w", notFound(err))
	}
	return e, nil
}

// encounterColumns are the columns that scanEncounter reads, in order.
const encounterColumns = `reference, site, channel, people, clock_from, opened_by, opened_at, closed_at`

func scanEncounter(scan func(...any) error) (e pipeline.Encounter, err error) {
	var clock, opened, closed int64
	err = scan(&e.Reference, &e.Site, &e.Channel, &e.People, &clock, &e.OpenedBy, &opened, &closed)
	e.ClockFrom, e.OpenedAt, e.ClosedAt = timeOf(clock), timeOf(opened), timeOf(closed)
	return e, err
}

// Clocked gives the open encounters of a channel whose clock runs; see
// pipeline.Encounters.
func (d *DB) Clocked(ctx context.Context, c pipeline.Channel, since time.Time) (all []pipeline.Encounter, err error) {
	const query = `
		SELECT ` + encounterColumns + `
		FROM encounters
		WHERE channel = $1 AND clock_from > $2 AND closed_at = 0
		ORDER BY clock_from, reference`
	rows, err := d.read.QueryContext(ctx, query, c, micros(since))
	if err != nil {
		return nil, fmt.Errorf("list encounters with a clock: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEncounter(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list encounters with a clock: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// LastSite is where an account opened its newest encounter; see
// pipeline.Encounters.
func (d *DB) LastSite(ctx context.Context, account string) (site string, err error) {
	const query = `
		SELECT site
		FROM encounters
		WHERE opened_by = $1
		ORDER BY opened_at DESC
		LIMIT 1`
	err = d.read.QueryRowContext(ctx, query, text(account)).Scan(&site)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find last site: %w", err)
	}
	return site, nil
}
