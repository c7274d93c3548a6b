package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// OpenIncident keeps an incident; see casework.IncidentStore.
func (d *DB) OpenIncident(ctx context.Context, i casework.Incident, who pipeline.Account) error {
	const statement = `
		INSERT INTO incidents (id, title, site, marking, guidance, opened_by, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := refuse(i.Check()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, i.ID, text(i.Title), i.Site, i.Marking, text(i.Guidance), who.Name, micros(i.OpenedAt))
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, caseEvent(i.ID, who, i.OpenedAt, pipeline.OpCollect, "incident_opened"))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("open incident: %w", err)
	}
	return nil
}

// AddToIncident adds an encounter; see casework.IncidentStore.
func (d *DB) AddToIncident(ctx context.Context, id, encounter string, who pipeline.Account, now time.Time) error {
	const both = `
		SELECT COUNT(*)
		FROM incidents i
		JOIN encounters e ON e.reference = $2
		WHERE i.id = $1`
	const statement = `
		INSERT INTO incident_encounters (encounter, incident, by_whom, at)
		VALUES ($1, $2, $3, $4)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		var there int
		if err := tx.QueryRowContext(ctx, both, text(id), text(encounter)).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return pipeline.ErrNotFound
		}
		if _, err := tx.ExecContext(ctx, statement, encounter, id, who.Name, micros(now)); err != nil {
			return err
		}
		return errors.Join(
			appendAudit(ctx, tx, caseEvent(id, who, now, pipeline.OpCombine, "incident_joined")),
			appendAudit(ctx, tx, caseEvent(encounter, who, now, pipeline.OpCombine, "incident_joined")))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("add to incident: %w", err)
	}
	return nil
}

// FindIncident gives an incident with its encounters; see casework.IncidentStore.
func (d *DB) FindIncident(ctx context.Context, id string) (casework.Incident, error) {
	return d.oneIncident(ctx, `WHERE id = $1`, id)
}

// IncidentOf gives the incident of an encounter; see casework.IncidentStore.
func (d *DB) IncidentOf(ctx context.Context, encounter string) (casework.Incident, error) {
	return d.oneIncident(ctx, `WHERE id IN (SELECT incident FROM incident_encounters WHERE encounter = $1)`, encounter)
}

func (d *DB) oneIncident(ctx context.Context, which, key string) (casework.Incident, error) {
	all, err := d.incidents(ctx, which, text(key))
	if err == nil && len(all) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return casework.Incident{}, fmt.Errorf("find incident: %w", err)
	}
	return all[0], nil
}

// Incidents gives the newest; see casework.IncidentStore.
func (d *DB) Incidents(ctx context.Context, by string, limit int) ([]casework.Incident, error) {
	which, args := `ORDER BY opened_at DESC, id LIMIT $1`, []any{limit}
	if by != "" {
		which, args = `WHERE opened_by = $2 `+which, append(args, by)
	}
	all, err := d.incidents(ctx, which, args...)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	return all, nil
}

// incidents reads incidents; the rest of the query says which.
func (d *DB) incidents(ctx context.Context, which string, args ...any) (all []casework.Incident, err error) {
	const query = `SELECT id, title, site, marking, guidance, opened_by, opened_at FROM incidents `
	rows, err := d.read.QueryContext(ctx, query+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i casework.Incident
		var opened int64
		if err := rows.Scan(&i.ID, &i.Title, &i.Site, &i.Marking, &i.Guidance, &i.OpenedBy, &opened); err != nil {
			return nil, err
		}
		i.OpenedAt = timeOf(opened)
		all = append(all, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for n := range all {
		if err := d.readMembers(ctx, &all[n]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *DB) readMembers(ctx context.Context, i *casework.Incident) error {
	const query = `
		SELECT encounter, by_whom, at
		FROM incident_encounters
		WHERE incident = $1
		ORDER BY at, encounter`
	return each(ctx, d.read, query, i.ID, func(scan func(...any) error) error {
		var m casework.IncidentMember
		var at int64
		if err := scan(&m.Encounter, &m.By, &at); err != nil {
			return err
		}
		m.At = timeOf(at)
		i.Encounters = append(i.Encounters, m)
		return nil
	})
}
