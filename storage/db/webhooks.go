package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
)

// endpointColumns are the columns that scanEndpoint reads, in order. The secret
// is not among them: only ClaimDelivery reads it.
const endpointColumns = `id, url, events, created_by, created_at, disabled_at, old_until`

func scanEndpoint(scan func(...any) error) (e pipeline.Endpoint, err error) {
	var events string
	var created, disabled, old int64
	if err := scan(&e.ID, &e.URL, &events, &e.CreatedBy, &created, &disabled, &old); err != nil {
		return e, err
	}
	e.CreatedAt, e.DisabledAt, e.OldUntil = timeOf(created), timeOf(disabled), timeOf(old)
	return e, json.Unmarshal([]byte(events), &e.Events)
}

// endpoints reads endpoints; the rest of the query says which.
func endpoints(ctx context.Context, q queryer, which string, args ...any) (all []pipeline.Endpoint, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+endpointColumns+` FROM endpoints `+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEndpoint(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// deliveryColumns are the columns that scanDelivery reads, in order, of a table
// named r.
const deliveryColumns = `r.id, r.endpoint, r.event, r.object, r.outcome, r.at, r.state, r.attempts, r.next_at, r.last_status`

// scanDelivery reads one row of deliveryColumns, and more columns after them.
func scanDelivery(scan func(...any) error, more ...any) (d pipeline.Delivery, err error) {
	var at, next int64
	err = scan(append([]any{&d.ID, &d.Endpoint, &d.Event, &d.Object, &d.Outcome, &at, &d.State, &d.Attempts, &next, &d.LastStatus}, more...)...)
	d.At, d.NextAt = timeOf(at), timeOf(next)
	return d, err
}

// tell puts an event on its way to every endpoint that wants it, in the
// transaction in which it happens.
func tell(ctx context.Context, tx *sql.Tx, d pipeline.Delivery) error {
	all, err := endpoints(ctx, tx, `WHERE disabled_at = 0`)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !e.Wants(d.Event) {
			continue
		}
		d.Endpoint = e.ID
		if _, err := post(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}

// post puts a new delivery on its way to one endpoint.
func post(ctx context.Context, tx *sql.Tx, d pipeline.Delivery) (pipeline.Delivery, error) {
	const statement = `
		INSERT INTO deliveries (id, endpoint, event, object, outcome, at, state, attempts, next_at, last_status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $6, '')`
	d.ID, d.State, d.NextAt = pipeline.NewDeliveryID(), pipeline.DeliveryWaiting, d.At
	_, err := tx.ExecContext(ctx, statement, d.ID, d.Endpoint, d.Event, d.Object, d.Outcome, micros(d.At), d.State)
	return d, err
}

func endpointEvent(id, detail string, deed pipeline.Deed) pipeline.AuditEvent {
	return pipeline.AuditEvent{At: deed.At, Actor: deed.By, Operation: pipeline.OpAlter, Object: pipeline.EndpointObject(id), Detail: detail}
}

// CreateEndpoint keeps an endpoint; see pipeline.Webhooks.
func (d *DB) CreateEndpoint(ctx context.Context, e pipeline.Endpoint, secret string, deed pipeline.Deed) error {
	const statement = `
		INSERT INTO endpoints (id, url, events, secret, created_by, created_at, disabled_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`
	events, err := json.Marshal(append([]pipeline.HookEvent{}, e.Events...)) // never null
	if err != nil {
		return fmt.Errorf("create endpoint: %w", err)
	}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, statement, e.ID, text(e.URL), text(string(events)), secret, deed.By.Account, micros(deed.At)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, endpointEvent(e.ID, "made", deed))
	})
	if isTaken(err) {
		err = pipeline.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("create endpoint: %w", err)
	}
	return nil
}

// FindEndpoint gives an endpoint; ErrNotFound if there is none.
func (d *DB) FindEndpoint(ctx context.Context, id string) (pipeline.Endpoint, error) {
	all, err := endpoints(ctx, d.read, `WHERE id = $1`, text(id))
	if err == nil && len(all) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return pipeline.Endpoint{}, fmt.Errorf("find endpoint: %w", err)
	}
	return all[0], nil
}

// ListEndpoints gives endpoints, the newest first, beginning after one.
func (d *DB) ListEndpoints(ctx context.Context, after string, limit int) ([]pipeline.Endpoint, error) {
	all, err := endpoints(ctx, d.read, `
		WHERE $1 = '' OR (created_at, id) < (SELECT created_at, id FROM endpoints WHERE id = $1)
		ORDER BY created_at DESC, id DESC
		LIMIT $2`, text(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list endpoints: %w", err)
	}
	return all, nil
}

// DisableEndpoint ends an endpoint, once; see pipeline.Webhooks.
func (d *DB) DisableEndpoint(ctx context.Context, id string, deed pipeline.Deed) error {
	const statement = `
		UPDATE endpoints
		SET disabled_at = $2
		WHERE id = $1 AND disabled_at = 0
		RETURNING id`
	const giveUp = `
		UPDATE deliveries
		SET state = 'given_up', next_at = 0, last_status = $2
		WHERE endpoint = $1 AND state = 'waiting'`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, statement, text(id), micros(deed.At)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return tx.QueryRowContext(ctx, "SELECT id FROM endpoints WHERE id = $1", text(id)).Scan(&id)
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, giveUp, id, pipeline.HookSwitchOff); err != nil {
			return err
		}
		return appendAudit(ctx, tx, endpointEvent(id, "disabled", deed))
	})
	if err != nil {
		return fmt.Errorf("disable endpoint: %w", notFound(err))
	}
	return nil
}

// RotateSecret gives an endpoint a new secret; see pipeline.Webhooks.
func (d *DB) RotateSecret(ctx context.Context, id, secret string, until time.Time, deed pipeline.Deed) (e pipeline.Endpoint, err error) {
	const statement = `
		UPDATE endpoints
		SET old_secret = secret, old_until = $3, secret = $2
		WHERE id = $1`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := openEndpoint(ctx, tx, id); err != nil {
			return err
		}
		if err := changeOne(ctx, tx, statement, id, secret, micros(until)); err != nil {
			return err
		}
		all, err := endpoints(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		e = all[0]
		return appendAudit(ctx, tx, endpointEvent(id, "secret_changed", deed))
	})
	if err != nil {
		return e, fmt.Errorf("rotate secret: %w", err)
	}
	return e, nil
}

// openEndpoint tells whether an endpoint is told of events; ErrConflict if it is not.
func openEndpoint(ctx context.Context, tx *sql.Tx, id string) error {
	var disabled int64
	if err := tx.QueryRowContext(ctx, "SELECT disabled_at FROM endpoints WHERE id = $1", text(id)).Scan(&disabled); err != nil {
		return notFound(err)
	}
	if disabled != 0 {
		return pipeline.ErrConflict
	}
	return nil
}

// PingEndpoint sends a ping; see pipeline.Webhooks.
func (d *DB) PingEndpoint(ctx context.Context, id string, deed pipeline.Deed) (sent pipeline.Delivery, err error) {
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := openEndpoint(ctx, tx, id); err != nil {
			return err
		}
		sent, err = post(ctx, tx, pipeline.Delivery{Endpoint: id, Event: pipeline.HookPing, Object: id, At: deed.At})
		if err != nil {
			return err
		}
		return appendAudit(ctx, tx, endpointEvent(id, "ping", deed))
	})
	if err != nil {
		return pipeline.Delivery{}, fmt.Errorf("ping endpoint: %w", err)
	}
	return sent, nil
}

// ListDeliveries gives what is sent to an endpoint; see pipeline.Webhooks.
func (d *DB) ListDeliveries(ctx context.Context, endpoint, after string, limit int) ([]pipeline.Delivery, error) {
	const query = `
		SELECT ` + deliveryColumns + `
		FROM deliveries r
		WHERE r.endpoint = $1 AND ($2 = '' OR (r.at, r.id) < (SELECT at, id FROM deliveries WHERE id = $2))
		ORDER BY r.at DESC, r.id DESC
		LIMIT $3`
	rows, err := d.read.QueryContext(ctx, query, text(endpoint), text(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	defer rows.Close()
	var all []pipeline.Delivery
	for rows.Next() {
		one, err := scanDelivery(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// Redeliver sends something once more; see pipeline.Webhooks.
func (d *DB) Redeliver(ctx context.Context, id string, deed pipeline.Deed) (again pipeline.Delivery, err error) {
	const query = `
		SELECT ` + deliveryColumns + `
		FROM deliveries r
		WHERE r.id = $1`
	const statement = `
		UPDATE deliveries
		SET state = 'waiting', attempts = 0, next_at = $2
		WHERE id = $1 AND state <> 'waiting'`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		again, err = scanDelivery(tx.QueryRowContext(ctx, query, text(id)).Scan)
		if err != nil {
			return notFound(err)
		}
		if err := openEndpoint(ctx, tx, again.Endpoint); err != nil {
			return err
		}
		if err := changeOne(ctx, tx, statement, again.ID, micros(deed.At)); err != nil {
			return err
		}
		again.State, again.Attempts, again.NextAt = pipeline.DeliveryWaiting, 0, deed.At
		return appendAudit(ctx, tx, endpointEvent(again.Endpoint, "redelivered", deed))
	})
	if err != nil {
		return pipeline.Delivery{}, fmt.Errorf("redeliver: %w", err)
	}
	return again, nil
}

// ClaimDelivery takes a delivery that is due; see pipeline.Outbox. Looking comes
// before writing: mostly there is none.
func (d *DB) ClaimDelivery(ctx context.Context, now, until time.Time) (out pipeline.Outgoing, err error) {
	const query = `
		SELECT ` + deliveryColumns + `, e.url, e.secret, CASE WHEN e.old_until > $1 THEN e.old_secret ELSE '' END
		FROM deliveries r
		JOIN endpoints e ON e.id = r.endpoint
		WHERE r.state = 'waiting' AND r.next_at <= $1 AND e.disabled_at = 0
		ORDER BY r.next_at, r.id
		LIMIT 1`
	const statement = `
		UPDATE deliveries
		SET attempts = attempts + 1, next_at = $2
		WHERE id = $1`
	find := func(row *sql.Row) error {
		out.Delivery, err = scanDelivery(row.Scan, &out.URL, &out.Secret, &out.OldSecret)
		return notFound(err)
	}
	if err = find(d.read.QueryRowContext(ctx, query, micros(now))); err == nil {
		err = d.inTx(ctx, func(tx *sql.Tx) error {
			if err := find(tx.QueryRowContext(ctx, query+d.engine.skip, micros(now))); err != nil {
				return err
			}
			out.Attempts, out.NextAt = out.Attempts+1, until
			return changeOne(ctx, tx, statement, out.ID, micros(until))
		})
	}
	if err != nil {
		return pipeline.Outgoing{}, fmt.Errorf("claim delivery: %w", err)
	}
	return out, nil
}

// SettleDelivery stores what came of a try; see pipeline.Outbox. The number of
// the try names the claim.
func (d *DB) SettleDelivery(ctx context.Context, one pipeline.Delivery) error {
	const statement = `
		UPDATE deliveries
		SET state = $3, next_at = $4, last_status = $5
		WHERE id = $1 AND attempts = $2 AND state = 'waiting'`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, statement, one.ID, one.Attempts, one.State, micros(one.NextAt), one.LastStatus)
	})
	if err != nil {
		return fmt.Errorf("settle delivery: %w", err)
	}
	return nil
}
