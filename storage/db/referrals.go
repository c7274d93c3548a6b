package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// referralColumns are the columns that scanReferral reads, in order.
const referralColumns = `id, rule, kind, encounter, person, document, series, priority, consent, nature, reason, content, hash, guidance,
	state, sent_by, sent_at, ack_due, ack_by, ack_at, outcome, closed_at`

func scanReferral(scan func(...any) error) (r casework.Referral, err error) {
	var sent, due, ack, closed int64
	err = scan(&r.ID, &r.Rule, &r.Kind, &r.Encounter, &r.Person, &r.Document, &r.Series, &r.Priority, &r.Consent, &r.Nature, &r.Reason, &r.Content, &r.Hash,
		&r.Guidance, &r.State, &r.SentBy, &sent, &due, &r.AckBy, &ack, &r.Outcome, &closed)
	r.SentAt, r.AckDue, r.AckAt, r.ClosedAt = timeOf(sent), timeOf(due), timeOf(ack), timeOf(closed)
	return r, err
}

// referrals reads referrals; the rest of the query says which.
func referrals(ctx context.Context, q queryer, which string, args ...any) (all []casework.Referral, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+referralColumns+` FROM referrals `+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanReferral(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// Send puts a referral on its way; see casework.Store. Its content is sealed
// here, so that its hash is always that of what was stored.
func (d *DB) Send(ctx context.Context, r casework.Referral, who pipeline.Account) error {
	const statement = `
		INSERT INTO referrals (` + referralColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'sent', $15, $16, $17, '', 0, '', 0)`
	r.Content, r.SentBy = text(r.Content), who.Name
	r = r.Seal()
	event := caseEvent(r.Encounter, who, r.SentAt, pipeline.OpDisclose, "referral_sent")
	if err := d.openCase(ctx, r.Encounter); err != nil {
		return fmt.Errorf("send referral: %w", err)
	}
	err := d.inCase(ctx, r.Encounter, r.Person, event, func(tx *sql.Tx, g casework.Group) error {
		if err := refuse(g.Check(r)); err != nil {
			return err
		}
		if err := fromSeries(ctx, tx, r, who); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, statement, r.ID, r.Rule, r.Kind, r.Encounter, r.Person, text(r.Document), text(r.Series), r.Priority, r.Consent, r.Nature,
			text(r.Reason), r.Content, r.Hash, r.Guidance, who.Name, micros(r.SentAt), micros(r.AckDue)); err != nil {
			return err
		}
		for _, t := range casework.TasksOf(r) {
			if err := openTask(ctx, tx, t); err != nil {
				return err
			}
		}
		if err := dispatchAll(ctx, tx, r); err != nil {
			return err
		}
		return tell(ctx, tx, pipeline.Delivery{Event: pipeline.HookReferral, Object: r.ID, Outcome: string(casework.ReferralSent), At: r.SentAt})
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("send referral: %w", err)
	}
	return nil
}

// openCase makes sure that an encounter has a file: a document can be referred
// where nobody is recorded yet.
func (d *DB) openCase(ctx context.Context, encounter string) error {
	const statement = `
		INSERT INTO casefiles (encounter, people)
		VALUES ($1, 0)
		ON CONFLICT (encounter) DO NOTHING`
	return d.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, text(encounter))
		return err
	})
}

// openTask adds a task.
func openTask(ctx context.Context, tx *sql.Tx, t casework.Task) error {
	const statement = `
		INSERT INTO tasks (id, kind, encounter, person, owner, opened_at, due_at, outcome, done_by, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 0)`
	_, err := tx.ExecContext(ctx, statement, "T-"+rand.Text()[:12], t.Kind, text(t.Encounter), t.Person, t.Owner, micros(t.OpenedAt), micros(t.DueAt))
	return err
}

// Acknowledge records that the recipient has a referral; see casework.Store.
func (d *DB) Acknowledge(ctx context.Context, id string, who pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE referrals
		SET state = 'acknowledged', ack_by = $2, ack_at = $3
		WHERE id = $1 AND state = 'sent'`
	r, err := d.FindReferral(ctx, id)
	if err != nil {
		return err
	}
	err = d.inCase(ctx, r.Encounter, 0, caseEvent(r.Encounter, who, now, pipeline.OpAlter, "referral_acknowledged"), func(tx *sql.Tx, _ casework.Group) error {
		return changeOne(ctx, tx, statement, text(id), who.Name, micros(now))
	})
	if err != nil {
		return fmt.Errorf("acknowledge referral %s: %w", id, err)
	}
	return nil
}

// CloseReferral ends a referral; see casework.Store. What was closed stays so.
func (d *DB) CloseReferral(ctx context.Context, id, outcome string, who pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE referrals
		SET state = 'closed', outcome = $2, closed_at = $3
		WHERE id = $1 AND state <> 'closed'`
	r, err := d.FindReferral(ctx, id)
	if err != nil {
		return err
	}
	err = d.inCase(ctx, r.Encounter, r.Person, caseEvent(r.Encounter, who, now, pipeline.OpAlter, "referral_closed"), func(tx *sql.Tx, g casework.Group) error {
		if err := refuse(g.EndMistakes(r, outcome)); err != nil {
			return err
		}
		return changeOne(ctx, tx, statement, text(id), text(outcome), micros(now))
	})
	if err != nil {
		return fmt.Errorf("close referral %s: %w", id, err)
	}
	return nil
}

// FindReferral gives a referral; ErrNotFound if there is none.
func (d *DB) FindReferral(ctx context.Context, id string) (casework.Referral, error) {
	all, err := referrals(ctx, d.read, `WHERE id = $1`, text(id))
	if err == nil && len(all) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return casework.Referral{}, fmt.Errorf("find referral: %w", err)
	}
	return all[0], nil
}

// OpenReferrals gives those that are not closed, the most urgent first; of one
// account if it is named.
func (d *DB) OpenReferrals(ctx context.Context, by string, limit int) ([]casework.Referral, error) {
	all, err := referrals(ctx, d.read, `WHERE state <> 'closed' AND ($1 = '' OR sent_by = $1) ORDER BY priority, ack_due, id LIMIT $2`, text(by), limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("list referrals: %w", err)
	}
	return all, nil
}

// LateCases gives what nobody has acknowledged or done in time; see casework.Store.
func (d *DB) LateCases(ctx context.Context, now time.Time) (rs []casework.Referral, ts []casework.Task, err error) {
	if rs, err = referrals(ctx, d.read, `WHERE state = 'sent' AND ack_due < $1 ORDER BY ack_due, id`, micros(now)); err != nil {
		return nil, nil, fmt.Errorf("list late referrals: %w", err)
	}
	if ts, err = tasks(ctx, d.read, `WHERE done_at = 0 AND due_at < $1 ORDER BY due_at, id`, micros(now)); err != nil {
		return nil, nil, fmt.Errorf("list late tasks: %w", err)
	}
	return rs, ts, nil
}

// OpenTasks gives those that are not done, the earliest due first; of all
// encounters if none is named.
func (d *DB) OpenTasks(ctx context.Context, encounter string, limit int) ([]casework.Task, error) {
	all, err := tasks(ctx, d.read, `WHERE done_at = 0 AND ($1 = '' OR encounter = $1) ORDER BY due_at, id LIMIT $2`, text(encounter), limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return all, nil
}

// tasks reads tasks; the rest of the query says which.
func tasks(ctx context.Context, q queryer, which string, args ...any) (all []casework.Task, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, encounter, person, owner, opened_at, due_at FROM tasks `+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t casework.Task
		var opened, due int64
		if err := rows.Scan(&t.ID, &t.Kind, &t.Encounter, &t.Person, &t.Owner, &opened, &due); err != nil {
			return nil, err
		}
		t.OpenedAt, t.DueAt = timeOf(opened), timeOf(due)
		all = append(all, t)
	}
	return all, rows.Err()
}

// FinishTask ends a task; see casework.Store.
func (d *DB) FinishTask(ctx context.Context, id, outcome string, who pipeline.Account, now time.Time) error {
	const query = `
		SELECT encounter
		FROM tasks
		WHERE id = $1`
	const statement = `
		UPDATE tasks
		SET outcome = $2, done_by = $3, done_at = $4
		WHERE id = $1 AND done_at = 0`
	if strings.TrimSpace(outcome) == "" {
		return refuse([]casework.Mistake{{Field: "outcome", Text: "Enter what came of it"}})
	}
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		var encounter string
		if err := tx.QueryRowContext(ctx, query, text(id)).Scan(&encounter); err != nil {
			return notFound(err)
		}
		if err := changeOne(ctx, tx, statement, text(id), text(outcome), who.Name, micros(now)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, caseEvent(encounter, who, now, pipeline.OpAlter, "task_done"))
	})
	if err != nil {
		return fmt.Errorf("finish task: %w", err)
	}
	return nil
}
