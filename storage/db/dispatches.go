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

// dispatchColumns are the columns that scanDispatch reads, in order.
const dispatchColumns = `id, referral, recipient, step, at, state, attempts, next_at, last_status, ack_by, ack_at`

func scanDispatch(scan func(...any) error) (d casework.Dispatch, err error) {
	var at, next, ack int64
	err = scan(&d.ID, &d.Referral, &d.Recipient, &d.Step, &at, &d.State, &d.Attempts, &next, &d.LastStatus, &d.AckBy, &ack)
	d.At, d.NextAt, d.AckAt = timeOf(at), timeOf(next), timeOf(ack)
	return d, err
}

// dispatchOf gives one dispatch; lock is what its row is held by, if anything.
func dispatchOf(ctx context.Context, q queryer, id, lock string) (casework.Dispatch, error) {
	const query = `
		SELECT ` + dispatchColumns + `
		FROM dispatches r
		WHERE id = $1`
	d, err := scanDispatch(q.QueryRowContext(ctx, query+lock, text(id)).Scan)
	return d, notFound(err)
}

// Dispatches gives what became of a referral; see casework.Recipients.
func (d *DB) Dispatches(ctx context.Context, referral string) (all []casework.Dispatch, err error) {
	const query = `
		SELECT ` + dispatchColumns + `
		FROM dispatches r
		WHERE referral = $1
		ORDER BY at, step, id`
	rows, err := d.read.QueryContext(ctx, query, text(referral))
	if err != nil {
		return nil, fmt.Errorf("list dispatches: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scanDispatch(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list dispatches: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// FindDispatch gives a dispatch and whom it goes to; see casework.Recipients.
func (d *DB) FindDispatch(ctx context.Context, id string) (one casework.Dispatch, to casework.Recipient, err error) {
	if one, err = dispatchOf(ctx, d.read, id, ""); err == nil {
		to, err = recipientOf(ctx, d.read, one.Recipient)
	}
	if err != nil {
		return one, to, fmt.Errorf("find dispatch: %w", err)
	}
	return one, to, nil
}

// DispatchAgain sends something once more; see casework.Recipients.
func (d *DB) DispatchAgain(ctx context.Context, id string, who pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE dispatches
		SET state = 'waiting', attempts = 0, next_at = $2
		WHERE id = $1 AND state <> 'waiting'`
	one, to, err := d.FindDispatch(ctx, id)
	if err != nil {
		return err
	}
	r, err := d.FindReferral(ctx, one.Referral)
	if err != nil {
		return err
	}
	err = d.inCase(ctx, r.Encounter, 0, caseEvent(r.ID, who, now, pipeline.OpDisclose, "dispatched_again"), func(tx *sql.Tx, g casework.Group) error {
		if why := g.Withheld(r); why != "" {
			return refuse([]casework.Mistake{{Field: "dispatch", Text: why}})
		}
		if to, err = recipientOf(ctx, tx, to.ID); err != nil {
			return err
		}
		if !to.DisabledAt.IsZero() {
			return pipeline.ErrConflict
		}
		return changeOne(ctx, tx, statement, one.ID, micros(now))
	})
	if err != nil {
		return fmt.Errorf("dispatch again: %w", err)
	}
	return nil
}

// AcknowledgeDispatch records that the recipient has it; see casework.Recipients.
func (d *DB) AcknowledgeDispatch(ctx context.Context, id string, who pipeline.Account, now time.Time) (one casework.Dispatch, err error) {
	const statement = `
		UPDATE dispatches
		SET ack_by = $2, ack_at = $3
		WHERE id = $1`
	const whole = `
		UPDATE referrals
		SET state = 'acknowledged', ack_by = $2, ack_at = $3
		WHERE id = $1 AND state = 'sent'`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if one, err = dispatchOf(ctx, tx, id, d.engine.hold); err != nil || !one.AckAt.IsZero() {
			return err
		}
		one.AckBy, one.AckAt = who.Name, timeOf(micros(now))
		if err := changeOne(ctx, tx, statement, one.ID, one.AckBy, micros(now)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, whole, one.Referral, one.AckBy, micros(now)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, caseEvent(one.Referral, who, now, pipeline.OpAlter, "dispatch_acknowledged"))
	})
	if err != nil {
		return casework.Dispatch{}, fmt.Errorf("acknowledge dispatch: %w", err)
	}
	return one, nil
}

// ClaimDispatch takes a dispatch that is due; see casework.Outbox. Looking comes
// before writing: mostly there is none.
func (d *DB) ClaimDispatch(ctx context.Context, now, until time.Time) (out casework.Outgoing, err error) {
	const query = `
		SELECT ` + dispatchColumns + `
		FROM dispatches r
		WHERE state = 'waiting' AND next_at <= $1
		ORDER BY next_at, id
		LIMIT 1`
	for {
		if _, err = scanDispatch(d.read.QueryRowContext(ctx, query, micros(now)).Scan); err == nil {
			err = d.inTx(ctx, func(tx *sql.Tx) error {
				if out.Dispatch, err = scanDispatch(tx.QueryRowContext(ctx, query+d.engine.skip, micros(now)).Scan); err != nil {
					return err
				}
				return claimDispatch(ctx, tx, &out, until)
			})
		}
		if err != nil {
			return casework.Outgoing{}, fmt.Errorf("claim dispatch: %w", notFound(err))
		}
		if out.State == pipeline.DeliveryWaiting {
			return out, nil
		}
	}
}

// claimDispatch claims what the transaction holds, or gives it up if it may not go
// any more: what is known of the people may be another than when it was sent.
func claimDispatch(ctx context.Context, tx *sql.Tx, out *casework.Outgoing, until time.Time) error {
	const secret = `
		SELECT ` + recipientColumns + `, secret
		FROM recipients
		WHERE id = $1`
	const statement = `
		UPDATE dispatches
		SET attempts = attempts + 1, next_at = $2, state = $3, last_status = $4
		WHERE id = $1`
	var err error
	if out.To, err = scanRecipient(tx.QueryRowContext(ctx, secret, out.Recipient).Scan, &out.Secret); err != nil {
		return err
	}
	all, err := referrals(ctx, tx, `WHERE id = $1`, out.Referral)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("a dispatch without its referral")
	}
	out.Whole = all[0]
	g, err := groupIn(ctx, tx, out.Whole.Encounter)
	if err != nil {
		return err
	}
	out.Attempts, out.NextAt = out.Attempts+1, until
	if g.Withheld(out.Whole) != "" {
		out.State, out.NextAt, out.LastStatus = pipeline.DeliveryGivenUp, time.Time{}, casework.StatusWithheld
	}
	return changeOne(ctx, tx, statement, out.ID, micros(out.NextAt), out.State, out.LastStatus)
}

// groupIn gives the people of an encounter as a transaction sees them.
func groupIn(ctx context.Context, tx *sql.Tx, encounter string) (casework.Group, error) {
	const query = `
		SELECT people
		FROM casefiles
		WHERE encounter = $1`
	var people int
	if err := tx.QueryRowContext(ctx, query, text(encounter)).Scan(&people); err != nil {
		return casework.Group{}, err
	}
	return readGroup(ctx, tx, encounter, people)
}

// SettleDispatch stores what came of a try; see casework.Outbox. The number of
// the try names the claim.
func (d *DB) SettleDispatch(ctx context.Context, one casework.Dispatch, now time.Time) error {
	const statement = `
		UPDATE dispatches
		SET state = $3, next_at = $4, last_status = $5
		WHERE id = $1 AND attempts = $2 AND state = 'waiting'`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, statement, one.ID, one.Attempts, one.State, micros(one.NextAt), one.LastStatus); err != nil {
			return err
		}
		if one.State != pipeline.DeliveryDone {
			return nil
		}
		return appendAudit(ctx, tx, caseEvent(one.Referral, pipeline.Account{Role: pipeline.RoleSystem}, now, pipeline.OpDisclose, "dispatched"))
	})
	if err != nil {
		return fmt.Errorf("settle dispatch: %w", err)
	}
	return nil
}
