package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// reviewColumns are the columns that scanReview reads, in order, of a table
// that goes by r.
const reviewColumns = `r.document_id, r.cause, r.state, r.safety, r.opened_at, r.due_at, r.folded, r.holder, r.held_until, r.kept, r.updated`

// open are the states of what is not decided, as the index has them; undecided
// are those in which somebody can decide.
const (
	open      = `r.state IN ('first', 'second', 'third', 'waiting')`
	undecided = `r.state IN ('first', 'second', 'third')`
)

// queue is where lists and counts come from.
const queue = `reviews r JOIN documents d ON d.id = r.document_id LEFT JOIN encounters e ON e.reference = d.encounter`

// urgency is the order of the queue.
const urgency = `r.safety DESC, r.due_at, r.opened_at, r.document_id`

// scanReview reads one row that begins with reviewColumns.
func scanReview(scan func(...any) error, more ...any) (r pipeline.Review, err error) {
	var opened, due, until int64
	var safety, folded, updated int
	if err := scan(append([]any{
		&r.Document, &r.Cause, &r.State, &safety, &opened, &due, &folded, &r.Holder, &until, &r.Kept, &updated,
	}, more...)...); err != nil {
		return pipeline.Review{}, err
	}
	r.Safety, r.Folded, r.Updated = safety != 0, folded != 0, updated != 0
	r.OpenedAt, r.DueAt, r.HeldUntil = timeOf(opened), timeOf(due), timeOf(until)
	return r, nil
}

// bit is a truth value as it is stored.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// openReview puts a document before the reviewers, under the reference of its
// first picture. If that one is before them already, the picture joins it; if it
// was decided, the picture is looked at by itself.
func openReview(ctx context.Context, tx *sql.Tx, doc pipeline.Document, o pipeline.Opening, now time.Time) error {
	due, err := dueOf(ctx, tx, doc.Encounter, false, now)
	if err != nil {
		return err
	}
	opened, err := insertReview(ctx, tx, pipeline.Review{Document: doc.Head(), Cause: o.Cause, Folded: o.Folded, OpenedAt: now, DueAt: due})
	if err != nil || opened || doc.PageOf == "" {
		return err
	}
	head, err := reviewOf(ctx, tx, doc.PageOf, "")
	if err != nil || head.State != pipeline.ReviewDecided {
		return err
	}
	if due, err = dueOf(ctx, tx, doc.Encounter, head.Safety, now); err != nil {
		return err
	}
	_, err = insertReview(ctx, tx, pipeline.Review{Document: doc.ID, Cause: o.Cause, Safety: head.Safety, Folded: o.Folded, OpenedAt: now, DueAt: due})
	return err
}

// insertReview gives false if the document has a review.
func insertReview(ctx context.Context, tx *sql.Tx, r pipeline.Review) (bool, error) {
	const statement = `
		INSERT INTO reviews (document_id, cause, state, safety, opened_at, due_at, folded, holder, held_until, kept, updated)
		VALUES ($1, $2, 'first', $3, $4, $5, $6, '', 0, '', 0)
		ON CONFLICT (document_id) DO NOTHING`
	result, err := tx.ExecContext(ctx, statement, r.Document, r.Cause, bit(r.Safety), micros(r.OpenedAt), micros(r.DueAt), bit(r.Folded))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// dueOf is when a review of this encounter is due, by its channel or the law.
func dueOf(ctx context.Context, tx *sql.Tx, encounter string, safety bool, opened time.Time) (time.Time, error) {
	const query = `
		SELECT channel, clock_from
		FROM encounters
		WHERE reference = $1`
	e, clock := pipeline.Encounter{Channel: pipeline.ChannelInCountry}, int64(0)
	err := tx.QueryRowContext(ctx, query, text(encounter)).Scan(&e.Channel, &clock)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, err
	}
	e.ClockFrom = timeOf(clock)
	law, err := pipeline.LoadJurisdiction(pipeline.England)
	return law.Due(e, safety, opened), err
}

// reviewOf reads one review; lock is what its row is held by, if anything.
func reviewOf(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, lock string) (pipeline.Review, error) {
	const query = `
		SELECT ` + reviewColumns + `
		FROM reviews r
		WHERE r.document_id = $1`
	r, err := scanReview(tx.QueryRowContext(ctx, query+lock, text(string(id))).Scan)
	return r, notFound(err)
}

// NextReview gives the most urgent review that who may decide; see
// pipeline.Reviews.
func (d *DB) NextReview(ctx context.Context, who pipeline.Account, now time.Time) (r pipeline.Review, err error) {
	const mine = `
		SELECT ` + reviewColumns + `
		FROM reviews r
		WHERE r.holder = $1 AND r.holder <> '' AND ` + undecided + `
		ORDER BY ` + urgency + `
		LIMIT 1`
	// What was put aside for somebody is theirs until it is due.
	const next = `
		SELECT ` + reviewColumns + `
		FROM reviews r JOIN documents d ON d.id = r.document_id
		WHERE ` + open + ` AND ` + undecided + `
			AND r.held_until <= $2 AND d.uploaded_by <> $1
			AND (r.kept = '' OR r.kept = $1 OR r.due_at <= $2)
			AND NOT EXISTS (SELECT 1 FROM documents p WHERE p.page_of = r.document_id AND p.page_of <> '' AND p.uploaded_by = $1)
			AND NOT EXISTS (SELECT 1 FROM documents p WHERE d.page_of <> '' AND (p.id = d.page_of OR p.page_of = d.page_of) AND p.uploaded_by = $1)
			AND NOT EXISTS (SELECT 1 FROM decisions p WHERE p.document_id = r.document_id AND p.reviewer = $1)
		ORDER BY ` + urgency + `
		LIMIT 1`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := d.alone(ctx, tx, who); err != nil {
			return err
		}
		r, err = scanReview(tx.QueryRowContext(ctx, mine+d.engine.hold, who.Name).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			r, err = scanReview(tx.QueryRowContext(ctx, next+d.engine.skip, who.Name, micros(now)).Scan)
		}
		if err != nil {
			return notFound(err)
		}
		r, err = hold(ctx, tx, r, who, now)
		return err
	})
	if err != nil {
		return pipeline.Review{}, fmt.Errorf("take next review: %w", err)
	}
	return r, nil
}

// alone lets one step of a person end before their next one begins: a form that
// is sent twice takes one review, and nobody gets what they are just deciding.
func (d *DB) alone(ctx context.Context, tx *sql.Tx, who pipeline.Account) error {
	const query = `
		SELECT name
		FROM accounts
		WHERE name = $1`
	var name string
	err := tx.QueryRowContext(ctx, query+d.engine.hold, who.Name).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// hold gives a review to somebody who may have it.
func hold(ctx context.Context, tx *sql.Tx, r pipeline.Review, who pipeline.Account, now time.Time) (pipeline.Review, error) {
	const statement = `
		UPDATE reviews
		SET holder = $2, held_until = $3
		WHERE document_id = $1 AND state = $4`
	renewed := r.Holder == who.Name
	r.Holder, r.HeldUntil = who.Name, timeOf(micros(now.Add(pipeline.LeaseTime)))
	if err := changeOne(ctx, tx, statement, r.Document, r.Holder, micros(r.HeldUntil), r.State); err != nil || renewed {
		return r, err
	}
	return r, appendAudit(ctx, tx, personEvent(r.Document, who, now, "review_taken"))
}

// personEvent is what the audit log keeps of a person's step.
func personEvent(id pipeline.DocumentID, who pipeline.Account, at time.Time, detail string) pipeline.AuditEvent {
	return pipeline.AuditEvent{
		At: at, Actor: pipeline.Actor{Account: who.Name, Role: who.Role},
		Operation: pipeline.OpAlter, Object: string(id), Detail: detail,
	}
}

// TakeReview holds one review; see pipeline.Reviews.
func (d *DB) TakeReview(ctx context.Context, id pipeline.DocumentID, who pipeline.Account, now time.Time) (r pipeline.Review, err error) {
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if r, err = reviewOf(ctx, tx, id, d.engine.hold); err != nil {
			return err
		}
		free := r.Holder == who.Name || !r.HeldUntil.After(now)
		if !free || r.State == pipeline.ReviewWaiting || r.State == pipeline.ReviewDecided {
			return pipeline.ErrConflict
		}
		if err := notOwn(ctx, tx, id, who); err != nil {
			return err
		}
		r, err = hold(ctx, tx, r, who, now)
		return err
	})
	if err != nil {
		return pipeline.Review{}, fmt.Errorf("take review of %s: %w", id, err)
	}
	return r, nil
}

// notOwn gives ErrOwnWork if who uploaded a picture of the document or has
// decided on it.
func notOwn(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID, who pipeline.Account) error {
	const query = `
		SELECT COUNT(*)
		FROM (
			SELECT 1 FROM documents WHERE id = $1 AND uploaded_by = $2
			UNION ALL
			SELECT 1 FROM documents WHERE page_of = $1 AND page_of <> '' AND uploaded_by = $2
			UNION ALL
			SELECT 1 FROM documents d JOIN documents p ON p.id = d.page_of OR p.page_of = d.page_of
			WHERE d.id = $1 AND d.page_of <> '' AND p.uploaded_by = $2
			UNION ALL
			SELECT 1 FROM decisions WHERE document_id = $1 AND reviewer = $2
		) AS parts`
	var n int
	if err := tx.QueryRowContext(ctx, query, id, who.Name).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return pipeline.ErrOwnWork
	}
	return nil
}

// KeepReview holds on to what who holds; see pipeline.Reviews. What ran out and
// nobody took is still theirs.
func (d *DB) KeepReview(ctx context.Context, id pipeline.DocumentID, who pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE reviews
		SET held_until = $3
		WHERE document_id = $1 AND holder = $2 AND holder <> ''`
	result, err := d.write.ExecContext(ctx, statement, text(string(id)), who.Name, micros(now.Add(pipeline.LeaseTime)))
	if err != nil {
		return fmt.Errorf("keep review of %s: %w", id, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("keep review of %s: %w", id, errors.Join(err, pipeline.ErrConflict))
	}
	return nil
}

// LeaveReview lets go of a review; ErrConflict if who does not hold it.
func (d *DB) LeaveReview(ctx context.Context, id pipeline.DocumentID, who pipeline.Account, now time.Time) error {
	return d.free(ctx, `holder = $2`, id, who, now, "review_left")
}

// FreeReview takes a review from its holder; ErrConflict if it has none.
func (d *DB) FreeReview(ctx context.Context, id pipeline.DocumentID, by pipeline.Account, now time.Time) error {
	return d.free(ctx, `holder <> $2`, id, by, now, "review_freed")
}

// AssignReview keeps a review for a reviewer; see pipeline.Reviews. It is written
// down with the document and with the account.
func (d *DB) AssignReview(ctx context.Context, id pipeline.DocumentID, to string, by pipeline.Account, now time.Time) error {
	const statement = `
		UPDATE reviews
		SET kept = $2
		WHERE document_id = $1`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		r, err := reviewOf(ctx, tx, id, d.engine.hold)
		if err != nil {
			return err
		}
		if r.Holder != "" || r.State == pipeline.ReviewWaiting || r.State == pipeline.ReviewDecided {
			return pipeline.ErrConflict
		}
		if err := notOwn(ctx, tx, id, pipeline.Account{Name: to}); err != nil {
			return err
		}
		if err := changeOne(ctx, tx, statement, id, to); err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, personEvent(id, by, now, "review_assigned")); err != nil {
			return err
		}
		about := accountEvent(to, "review_assigned", pipeline.Deed{By: pipeline.Actor{Account: by.Name, Role: by.Role}, At: now})
		return appendAudit(ctx, tx, about)
	})
	if err != nil {
		return fmt.Errorf("assign review of %s: %w", id, err)
	}
	return nil
}

func (d *DB) free(ctx context.Context, whose string, id pipeline.DocumentID, who pipeline.Account, now time.Time, detail string) error {
	statement := `
		UPDATE reviews
		SET holder = '', held_until = 0
		WHERE document_id = $1 AND holder <> '' AND ` + whose
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, statement, text(string(id)), who.Name); err != nil {
			return err
		}
		return appendAudit(ctx, tx, personEvent(id, who, now, detail))
	})
	if err != nil {
		return fmt.Errorf("let go of review of %s: %w", id, err)
	}
	return nil
}

// FindReview gives a review; ErrNotFound if there is none.
func (d *DB) FindReview(ctx context.Context, id pipeline.DocumentID) (pipeline.Review, error) {
	const query = `
		SELECT ` + reviewColumns + `
		FROM reviews r
		WHERE r.document_id = $1`
	r, err := scanReview(d.read.QueryRowContext(ctx, query, text(string(id))).Scan)
	if err != nil {
		return pipeline.Review{}, fmt.Errorf("find review of %s: %w", id, notFound(err))
	}
	return r, nil
}

// ListReviews gives reviews in the order of the queue.
func (d *DB) ListReviews(ctx context.Context, f pipeline.ReviewFilter) ([]pipeline.QueueItem, error) {
	chosen := reviewsOf(f)
	query := strings.Builder{}
	query.WriteString(`
		SELECT ` + reviewColumns + `, d.encounter, COALESCE(e.channel, ''), COALESCE(e.clock_from, 0), d.uploaded_by, d.received_at, d.capture, d.outcome
		FROM ` + queue + `
		WHERE `)
	query.WriteString(chosen.where())
	query.WriteString(` ORDER BY ` + urgency)
	rows, err := d.page(ctx, query.String(), chosen.args, f.Limit, f.Offset)
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	defer rows.Close()
	var items []pipeline.QueueItem
	for rows.Next() {
		item, err := scanQueueItem(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list reviews: %w", err)
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// page reads one page of what a query chooses.
func (d *DB) page(ctx context.Context, query string, args []any, limit, offset int) (*sql.Rows, error) {
	args = append(args, limitOf(limit), max(offset, 0))
	return d.read.QueryContext(ctx, fmt.Sprintf(`%s LIMIT $%d OFFSET $%d`, query, len(args)-1, len(args)), args...)
}

func scanQueueItem(scan func(...any) error) (q pipeline.QueueItem, err error) {
	var clock, received int64
	var outcome string
	q.Review, err = scanReview(scan, &q.Encounter, &q.Channel, &clock, &q.UploadedBy, &received, &q.Capture, &outcome)
	if err != nil {
		return q, err
	}
	q.ClockFrom, q.ReceivedAt = timeOf(clock), timeOf(received)
	q.Outcome, err = decodeOutcome(outcome)
	return q, err
}

// conditions are what a row must fulfil, in words of SQL, and their arguments.
type conditions struct {
	words []string
	args  []any
}

// add adds a condition, in which each ? stands for a value.
func (c *conditions) add(words string, values ...any) {
	for _, v := range values {
		c.args = append(c.args, v)
		words = strings.Replace(words, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.words = append(c.words, words)
}

// addText adds the condition that a column has a value, if there is one.
func (c *conditions) addText(column, value string) {
	if value != "" {
		c.add(column+` = ?`, text(value))
	}
}

// where is all of them in one.
func (c *conditions) where() string { return strings.Join(c.words, " AND ") }

// reviewsOf puts a filter into conditions that follow those with the first
// arguments.
func reviewsOf(f pipeline.ReviewFilter, first ...any) *conditions {
	c := &conditions{args: first}
	switch {
	case len(f.States) > 0:
		c.add(`r.state IN ('` + strings.Join(names(f.States), `', '`) + `')`)
	case !f.Safety: // a concern stays one in every state
		c.add(open)
	}
	if f.Safety {
		c.add(`r.safety = 1`)
	}
	c.addText("r.cause", string(f.Cause))
	c.addText("e.channel", string(f.Channel))
	c.addText("e.site", f.Site)
	c.addText("r.document_id", string(f.Document))
	if f.Holder != "" {
		c.add(`(r.holder = ? OR r.kept = ?)`, f.Holder, f.Holder)
	}
	if f.Held {
		c.add(`r.holder <> ''`)
	}
	if f.Free {
		c.add(undecided+` AND r.held_until <= ?`, micros(f.Now))
	}
	if !f.OpenedAfter.IsZero() {
		c.add(`r.opened_at > ?`, micros(f.OpenedAfter))
	}
	if after := f.After; after.Document != "" {
		safety := bit(after.Safety)
		c.add(`(r.safety < ? OR r.safety = ? AND (r.due_at, r.opened_at, r.document_id) > (?, ?, ?))`,
			safety, safety, micros(after.DueAt), micros(after.OpenedAt), text(string(after.Document)))
	}
	soon := f.Now.Add(pipeline.DueSoon)
	switch f.Clock {
	case pipeline.ClockLate:
		c.add(undecided+` AND r.due_at < ?`, micros(f.Now))
	case pipeline.ClockSoon:
		c.add(undecided+` AND r.due_at >= ? AND r.due_at < ?`, micros(f.Now), micros(soon))
	case pipeline.ClockUrgent:
		c.add(undecided+` AND (r.safety = 1 OR r.due_at < ?)`, micros(soon))
	}
	return c
}

// names are those states that there are, so that they can stand in a statement.
func names(states []pipeline.ReviewState) (all []string) {
	for _, s := range pipeline.ReviewStates {
		if slices.Contains(states, s) {
			all = append(all, string(s))
		}
	}
	return all
}

// CountReviews counts what a filter chooses; see pipeline.Reviews.
func (d *DB) CountReviews(ctx context.Context, f pipeline.ReviewFilter) (pipeline.ReviewCounts, error) {
	const counted = `
		SELECT r.cause, COALESCE(e.channel, ''), COALESCE(e.site, ''), COUNT(*), SUM(r.safety),
			COUNT(CASE WHEN ` + undecided + ` AND r.held_until <= $1 THEN 1 END),
			COUNT(CASE WHEN ` + undecided + ` AND r.due_at < $1 THEN 1 END),
			COUNT(CASE WHEN ` + undecided + ` AND r.due_at >= $1 AND r.due_at < $2 THEN 1 END),
			COUNT(CASE WHEN ` + undecided + ` AND (r.safety = 1 OR r.due_at < $2) THEN 1 END),
			COUNT(CASE WHEN ` + undecided + ` AND r.held_until <= $1 AND (r.safety = 1 OR r.due_at < $2) THEN 1 END),
			COUNT(CASE WHEN r.state = 'second' THEN 1 END),
			COUNT(CASE WHEN r.state = 'third' THEN 1 END),
			COUNT(CASE WHEN r.state = 'waiting' THEN 1 END)
		FROM ` + queue + `
		WHERE `
	chosen := reviewsOf(f, micros(f.Now), micros(f.Now.Add(pipeline.DueSoon)))
	query := strings.Builder{}
	query.WriteString(counted)
	query.WriteString(chosen.where())
	query.WriteString(` GROUP BY r.cause, e.channel, e.site`)
	total := pipeline.ReviewCounts{Causes: map[pipeline.ReviewCause]int{}, Channels: map[pipeline.Channel]int{}, Sites: map[string]int{}}
	rows, err := d.read.QueryContext(ctx, query.String(), chosen.args...)
	if err != nil {
		return total, fmt.Errorf("count reviews: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := addCounts(&total, rows.Scan); err != nil {
			return total, fmt.Errorf("count reviews: %w", err)
		}
	}
	return total, rows.Err()
}

// addCounts adds one row to the counts.
func addCounts(total *pipeline.ReviewCounts, scan func(...any) error) error {
	var cause pipeline.ReviewCause
	var channel pipeline.Channel
	var site string
	var c pipeline.ReviewCounts
	if err := scan(&cause, &channel, &site, &c.All, &c.Safety, &c.Free, &c.Late, &c.Soon, &c.Urgent, &c.Unowned, &c.Second, &c.Third, &c.Waiting); err != nil {
		return err
	}
	total.All, total.Safety, total.Free = total.All+c.All, total.Safety+c.Safety, total.Free+c.Free
	total.Late, total.Soon = total.Late+c.Late, total.Soon+c.Soon
	total.Urgent, total.Unowned = total.Urgent+c.Urgent, total.Unowned+c.Unowned
	total.Second, total.Third, total.Waiting = total.Second+c.Second, total.Third+c.Third, total.Waiting+c.Waiting
	total.Causes[cause] += c.All
	total.Channels[channel] += c.All
	total.Sites[site] += c.All
	return nil
}

// RaiseSafety puts a document first in the queue; see pipeline.Reviews. The
// concern is about all pictures of the document.
func (d *DB) RaiseSafety(ctx context.Context, id pipeline.DocumentID, who pipeline.Account, now time.Time) error {
	const raise = `
		UPDATE reviews
		SET safety = 1, due_at = CASE WHEN due_at < $2 THEN due_at ELSE $2 END
		WHERE document_id = $1`
	due := pipeline.DueAt("", true, now)
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		about, err := reviewFor(ctx, tx, id)
		if err != nil {
			return err
		}
		r := pipeline.Review{Document: about, Cause: pipeline.CauseSafety, Safety: true, OpenedAt: now, DueAt: due}
		if _, err := insertReview(ctx, tx, r); err != nil {
			return err
		}
		if err := changeOne(ctx, tx, raise, about, micros(due)); err != nil {
			return err
		}
		for _, object := range slices.Compact([]pipeline.DocumentID{id, about}) {
			if err := appendAudit(ctx, tx, personEvent(object, who, now, "safety_raised")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("raise safety concern on %s: %w", id, err)
	}
	return nil
}

// reviewFor tells under which reference a picture is or would be before the
// reviewers: its own if it is, or the one of its document.
func reviewFor(ctx context.Context, tx *sql.Tx, id pipeline.DocumentID) (pipeline.DocumentID, error) {
	const query = `
		SELECT d.page_of
		FROM documents d
		WHERE d.id = $1`
	var head pipeline.DocumentID
	if err := tx.QueryRowContext(ctx, query, text(string(id))).Scan(&head); err != nil || head == "" {
		return id, notFound(err)
	}
	_, err := reviewOf(ctx, tx, id, "")
	if errors.Is(err, pipeline.ErrNotFound) {
		return head, nil
	}
	return id, err
}

// listOf writes a list as it is stored.
func listOf(words []string) (string, error) {
	b, err := json.Marshal(append([]string{}, words...)) // never null
	return text(string(b)), err
}
