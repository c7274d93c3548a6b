package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// recipientColumns are the columns that scanRecipient reads, in order. The secret
// is not among them: only ClaimDispatch reads it.
const recipientColumns = `id, name, channel, address, account, kinds, created_by, created_at, disabled_at`

func scanRecipient(scan func(...any) error, more ...any) (r casework.Recipient, err error) {
	var kinds string
	var created, disabled int64
	err = scan(append([]any{&r.ID, &r.Name, &r.Channel, &r.Address, &r.Account, &kinds, &r.CreatedBy, &created, &disabled}, more...)...)
	if err != nil {
		return r, err
	}
	r.CreatedAt, r.DisabledAt = timeOf(created), timeOf(disabled)
	return r, json.Unmarshal([]byte(kinds), &r.Kinds)
}

// recipients reads recipients; the rest of the query says which.
func recipients(ctx context.Context, q queryer, which string, args ...any) (all []casework.Recipient, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+recipientColumns+` FROM recipients `+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRecipient(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// recipientOf gives one recipient; ErrNotFound if there is none.
func recipientOf(ctx context.Context, q queryer, id string) (casework.Recipient, error) {
	all, err := recipients(ctx, q, `WHERE id = $1`, text(id))
	if err != nil {
		return casework.Recipient{}, err
	}
	if len(all) == 0 {
		return casework.Recipient{}, pipeline.ErrNotFound
	}
	return all[0], nil
}

func recipientEvent(object, detail string, deed pipeline.Deed) pipeline.AuditEvent {
	return pipeline.AuditEvent{At: deed.At, Actor: deed.By, Operation: pipeline.OpAlter, Object: object, Detail: detail}
}

// AddRecipient keeps a recipient; see casework.Recipients.
func (d *DB) AddRecipient(ctx context.Context, r casework.Recipient, secret string, deed pipeline.Deed) error {
	const statement = `
		INSERT INTO recipients (id, name, channel, address, account, kinds, secret, created_by, created_at, disabled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`
	if err := refuse(r.Check()); err != nil {
		return err
	}
	kinds, err := json.Marshal(append([]casework.ReferralKind{}, r.Kinds...)) // never null
	if err != nil {
		return fmt.Errorf("add recipient: %w", err)
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, r.ID, text(r.Name), r.Channel, text(r.Address), r.Account, string(kinds), secret, deed.By.Account, micros(deed.At))
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, recipientEvent(casework.RecipientObject(r.ID), "made", deed))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("add recipient: %w", err)
	}
	return nil
}

// ListRecipients gives all of them, in the order of their names.
func (d *DB) ListRecipients(ctx context.Context) ([]casework.Recipient, error) {
	all, err := recipients(ctx, d.read, `ORDER BY lower(name), id`)
	if err != nil {
		return nil, fmt.Errorf("list recipients: %w", err)
	}
	return all, nil
}

// DisableRecipient ends a recipient, once; see casework.Recipients. Whom it stood
// for on a rota is not paged any more.
func (d *DB) DisableRecipient(ctx context.Context, id string, deed pipeline.Deed) error {
	const statement = `
		UPDATE recipients
		SET disabled_at = $2
		WHERE id = $1 AND disabled_at = 0`
	const giveUp = `
		UPDATE dispatches
		SET state = 'given_up', next_at = 0, last_status = $2
		WHERE recipient = $1 AND state = 'waiting'`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		r, err := recipientOf(ctx, tx, id)
		if err != nil || !r.DisabledAt.IsZero() {
			return err
		}
		if _, err := tx.ExecContext(ctx, statement, r.ID, micros(deed.At)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, giveUp, r.ID, pipeline.HookSwitchOff); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM rota WHERE recipient = $1`, r.ID); err != nil {
			return err
		}
		return appendAudit(ctx, tx, recipientEvent(casework.RecipientObject(r.ID), "disabled", deed))
	})
	if err != nil {
		return fmt.Errorf("disable recipient: %w", err)
	}
	return nil
}

// SetRota says who is paged at a site; see casework.Recipients.
func (d *DB) SetRota(ctx context.Context, site string, ids []string, deed pipeline.Deed) error {
	const statement = `
		INSERT INTO rota (site, step, recipient)
		VALUES ($1, $2, $3)`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM rota WHERE site = $1`, text(site)); err != nil {
			return err
		}
		for i, id := range ids {
			r, err := recipientOf(ctx, tx, id)
			if err != nil {
				return err
			}
			if !r.DisabledAt.IsZero() || r.Channel == casework.ChannelFile {
				return refuse([]casework.Mistake{{Field: "recipients", Text: "Select recipients that are in use and can be paged: by webhook or e-mail"}})
			}
			if _, err := tx.ExecContext(ctx, statement, text(site), i+1, r.ID); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, recipientEvent("rota", "set", deed))
	})
	if err != nil {
		return fmt.Errorf("set rota: %w", err)
	}
	return nil
}

// Rota gives every step of every rota.
func (d *DB) Rota(ctx context.Context) ([]casework.RotaStep, error) {
	all, err := rota(ctx, d.read)
	if err != nil {
		return nil, fmt.Errorf("read rota: %w", err)
	}
	return all, nil
}

func rota(ctx context.Context, q queryer) (all []casework.RotaStep, err error) {
	rows, err := q.QueryContext(ctx, `SELECT site, step, recipient FROM rota ORDER BY site, step`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r casework.RotaStep
		if err := rows.Scan(&r.Site, &r.Step, &r.Recipient); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// dispatchAll puts a referral that is sent on its way to everybody who wants its
// kind, and pages who is first on the rota if somebody is in danger.
func dispatchAll(ctx context.Context, tx *sql.Tx, r casework.Referral) error {
	all, err := recipients(ctx, tx, `WHERE disabled_at = 0 ORDER BY id`)
	if err != nil {
		return err
	}
	for _, to := range all {
		if to.Wants(r.Kind) {
			if err := dispatch(ctx, tx, casework.Dispatch{Referral: r.ID, Recipient: to.ID, At: r.SentAt}); err != nil {
				return err
			}
		}
	}
	if r.Kind != casework.KindEmergency {
		return nil
	}
	return page(ctx, tx, r, casework.Dispatch{Step: r.StepAfter(0), At: r.SentAt})
}

// page puts a page on its way to who is on call at a step; nobody is where there
// is no rota.
func page(ctx context.Context, tx *sql.Tx, r casework.Referral, d casework.Dispatch) error {
	steps, err := rota(ctx, tx)
	if err != nil {
		return err
	}
	site, err := siteOf(ctx, tx, r.Encounter)
	if err != nil {
		return err
	}
	d.Referral, d.Recipient = r.ID, casework.OnCall(steps, site, d.Step)
	if d.Recipient == "" {
		return nil
	}
	return dispatch(ctx, tx, d)
}

// siteOf is where an encounter takes place; empty if it is not known here.
func siteOf(ctx context.Context, q queryer, encounter string) (site string, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(site), '') FROM encounters WHERE reference = $1`, text(encounter)).Scan(&site)
	return site, err
}

// dispatch puts something on its way to one recipient, once.
func dispatch(ctx context.Context, tx *sql.Tx, d casework.Dispatch) error {
	const statement = `
		INSERT INTO dispatches (id, referral, recipient, step, at, state, attempts, next_at, last_status, ack_by, ack_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $5, '', '', 0)
		ON CONFLICT (referral, recipient, step) DO NOTHING`
	_, err := tx.ExecContext(ctx, statement, casework.NewDispatchID(), d.Referral, d.Recipient, d.Step, micros(d.At))
	return err
}

// Escalate pages who is on the rota; see casework.Recipients.
func (d *DB) Escalate(ctx context.Context, now time.Time) (took int, err error) {
	waiting, err := referrals(ctx, d.read, `WHERE state = 'sent' AND (sent_at <= $1 AND priority = 'P0' OR ack_due <= $1) ORDER BY ack_due, id`, micros(now.Add(-casework.FirstPage)))
	if err != nil {
		return 0, fmt.Errorf("find referrals that nobody acknowledged: %w", err)
	}
	for _, r := range waiting {
		n, err := d.escalate(ctx, r, now)
		if err != nil {
			return took, fmt.Errorf("page for referral %s: %w", r.ID, err)
		}
		took += n
	}
	return took, nil
}

// escalate takes the steps of one referral that are due. Who holds the file of
// the encounter looks first at what is written, so that several desks take each
// step once.
func (d *DB) escalate(ctx context.Context, r casework.Referral, now time.Time) (took int, err error) {
	const hold = `
		SELECT people
		FROM casefiles
		WHERE encounter = $1`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		took = 0
		var people int
		if err := tx.QueryRowContext(ctx, hold+d.engine.hold, text(r.Encounter)).Scan(&people); err != nil {
			return err
		}
		all, err := referrals(ctx, tx, `WHERE id = $1`, r.ID) // it may have been acknowledged since
		if err != nil || len(all) == 0 {
			return err
		}
		for _, minutes := range all[0].Unanswered(now) {
			first, err := markUnanswered(ctx, tx, r.ID, minutes, now)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			if err := page(ctx, tx, r, casework.Dispatch{Step: r.StepAfter(minutes), At: now}); err != nil {
				return err
			}
			took++
		}
		return nil
	})
	return took, err
}

// markUnanswered writes down that nobody has acknowledged a referral after so many
// minutes; first is false if that is written already.
func markUnanswered(ctx context.Context, tx *sql.Tx, id string, minutes int, now time.Time) (first bool, err error) {
	const query = `
		SELECT COUNT(*)
		FROM audit
		WHERE object = $1 AND detail = $2`
	detail := fmt.Sprintf("not_acknowledged_%d", minutes)
	var n int
	if err := tx.QueryRowContext(ctx, query, id, detail).Scan(&n); err != nil || n > 0 {
		return false, err
	}
	return true, appendAudit(ctx, tx, caseEvent(id, pipeline.Account{Role: pipeline.RoleSystem}, now, pipeline.OpAlter, detail))
}
