package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// onEncounter runs f with one more than the lines of an encounter that a table has,
// while nobody else adds one, and writes one line to the audit log. ErrNotFound if
// the encounter was not opened here.
func (d *DB) onEncounter(ctx context.Context, table string, e pipeline.AuditEvent, f func(tx *sql.Tx, seq int) error) error {
	const hold = `
		SELECT reference
		FROM encounters
		WHERE reference = $1`
	last := `SELECT COALESCE(MAX(seq), 0) FROM ` + table + ` WHERE encounter = $1`
	return d.inTx(ctx, func(tx *sql.Tx) error {
		var reference string
		if err := tx.QueryRowContext(ctx, hold+d.engine.hold, text(e.Object)).Scan(&reference); err != nil {
			return notFound(err)
		}
		var seq int
		if err := tx.QueryRowContext(ctx, last, reference).Scan(&seq); err != nil {
			return err
		}
		if err := f(tx, seq+1); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e)
	})
}

// SaveMovement adds how people came, went or stayed; see casework.MovementStore.
func (d *DB) SaveMovement(ctx context.Context, encounter string, m casework.Movement, who pipeline.Account) error {
	const statement = `
		INSERT INTO movements (seq, encounter, direction, purpose, modes, mode_words, clandestine, actor_scope, destination, boundary_crossed, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	event := caseEvent(encounter, who, m.At, pipeline.OpCollect, "movement_saved")
	err := d.onEncounter(ctx, "movements", event, func(tx *sql.Tx, seq int) error {
		if err := refuse(m.Check()); err != nil {
			return err
		}
		modes, err := codesOf(m.Modes)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, statement, seq, encounter, m.Direction, m.Purpose, modes, text(m.ModeWords), m.Clandestine, m.ActorScope,
			m.Destination, m.Boundary, who.Name, micros(m.At))
		return err
	})
	if err != nil {
		return fmt.Errorf("save movement: %w", err)
	}
	return nil
}

// codesOf writes a list of codes, which is never null.
func codesOf[T ~string](codes []T) (string, error) {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return listOf(words)
}

// MarkAreas adds the threat areas of an encounter; see casework.MovementStore.
func (d *DB) MarkAreas(ctx context.Context, encounter string, m casework.AreaMark, who pipeline.Account) error {
	const statement = `
		INSERT INTO threat_areas (seq, encounter, primary_area, secondary_area, labels, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	event := caseEvent(encounter, who, m.At, pipeline.OpAlter, "areas_marked")
	err := d.onEncounter(ctx, "threat_areas", event, func(tx *sql.Tx, seq int) error {
		if err := refuse(m.Check()); err != nil {
			return err
		}
		secondary, err := codesOf(m.Secondary)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, statement, seq, encounter, m.Primary, secondary, m.Labels, who.Name, micros(m.At))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark threat areas: %w", err)
	}
	return nil
}

// Movements gives all that was put down; see casework.MovementStore.
func (d *DB) Movements(ctx context.Context, encounter string) (ms []casework.Movement, as []casework.AreaMark, err error) {
	if ms, err = d.movements(ctx, encounter); err != nil {
		return nil, nil, fmt.Errorf("read movements: %w", err)
	}
	if as, err = d.areaMarks(ctx, encounter); err != nil {
		return nil, nil, fmt.Errorf("read threat areas: %w", err)
	}
	return ms, as, nil
}

func (d *DB) movements(ctx context.Context, encounter string) (all []casework.Movement, err error) {
	const query = `
		SELECT direction, purpose, modes, mode_words, clandestine, actor_scope, destination, boundary_crossed, by_whom, at
		FROM movements
		WHERE encounter = $1
		ORDER BY seq`
	err = each(ctx, d.read, query, encounter, func(scan func(...any) error) error {
		var m casework.Movement
		var modes string
		var at int64
		if err := scan(&m.Direction, &m.Purpose, &modes, &m.ModeWords, &m.Clandestine, &m.ActorScope, &m.Destination, &m.Boundary, &m.By, &at); err != nil {
			return err
		}
		m.At = timeOf(at)
		if err := json.Unmarshal([]byte(modes), &m.Modes); err != nil {
			return err
		}
		all = append(all, m)
		return nil
	})
	return all, err
}

func (d *DB) areaMarks(ctx context.Context, encounter string) (all []casework.AreaMark, err error) {
	const query = `
		SELECT primary_area, secondary_area, labels, by_whom, at
		FROM threat_areas
		WHERE encounter = $1
		ORDER BY seq`
	err = each(ctx, d.read, query, encounter, func(scan func(...any) error) error {
		var m casework.AreaMark
		var secondary string
		var at int64
		if err := scan(&m.Primary, &secondary, &m.Labels, &m.By, &at); err != nil {
			return err
		}
		m.At = timeOf(at)
		if err := json.Unmarshal([]byte(secondary), &m.Secondary); err != nil {
			return err
		}
		all = append(all, m)
		return nil
	})
	return all, err
}
