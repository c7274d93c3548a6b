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

// AddPerson gives the next number of the encounter; see casework.Store.
func (d *DB) AddPerson(ctx context.Context, encounter string, who pipeline.Account, now time.Time) (number int, err error) {
	const statement = `
		INSERT INTO casefiles (encounter, people)
		VALUES ($1, 1)
		ON CONFLICT (encounter) DO UPDATE
		SET people = casefiles.people + 1
		RETURNING people`
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, statement, text(encounter)).Scan(&number); err != nil {
			return err
		}
		return appendAudit(ctx, tx, caseEvent(encounter, who, now, pipeline.OpCollect, "person_added"))
	})
	if err != nil {
		return 0, fmt.Errorf("add person: %w", err)
	}
	return number, nil
}

// caseEvent is what the audit log keeps of a step in an encounter's file.
func caseEvent(encounter string, who pipeline.Account, at time.Time, op pipeline.Operation, detail string) pipeline.AuditEvent {
	return pipeline.AuditEvent{
		At: at, Actor: pipeline.Actor{Account: who.Name, Role: who.Role}, Operation: op, Object: encounter, Detail: detail,
	}
}

// inCase runs f with the group as it is, while nobody else changes it, and writes
// one line to the audit log. ErrNotFound if there is no such person; number 0 is
// the whole group.
func (d *DB) inCase(ctx context.Context, encounter string, number int, e pipeline.AuditEvent, f func(tx *sql.Tx, g casework.Group) error) error {
	const query = `
		SELECT people
		FROM casefiles
		WHERE encounter = $1`
	return d.inTx(ctx, func(tx *sql.Tx) error {
		var people int
		if err := tx.QueryRowContext(ctx, query+d.engine.hold, text(encounter)).Scan(&people); err != nil {
			return notFound(err)
		}
		if number < 0 || number > people {
			return pipeline.ErrNotFound
		}
		g, err := readGroup(ctx, tx, encounter, people)
		if err != nil {
			return err
		}
		if err := f(tx, g); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e)
	})
}

// inPerson does the same about one person.
func (d *DB) inPerson(ctx context.Context, encounter string, number int, e pipeline.AuditEvent, f func(tx *sql.Tx, g casework.Group, p casework.Person) error) error {
	if number < 1 {
		return pipeline.ErrNotFound
	}
	return d.inCase(ctx, encounter, number, e, func(tx *sql.Tx, g casework.Group) error {
		p, _ := g.Person(number) // inCase has seen that there is one
		return f(tx, g, p)
	})
}

// refuse gives *casework.RefusedError if there are mistakes.
func refuse(ms []casework.Mistake) error {
	if len(ms) > 0 {
		return &casework.RefusedError{Mistakes: ms}
	}
	return nil
}

// SaveAnswer adds an answer; see casework.Store.
func (d *DB) SaveAnswer(ctx context.Context, encounter string, number int, a casework.Answer, who pipeline.Account) error {
	const statement = `
		INSERT INTO person_answers (seq, encounter, person, question, state, choices, words, source, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	err := d.inPerson(ctx, encounter, number, caseEvent(encounter, who, a.At, pipeline.OpCollect, "answer_saved"), func(tx *sql.Tx, g casework.Group, p casework.Person) error {
		if err := refuse(a.Check()); err != nil {
			return err
		}
		at := g.Next(a.At)
		values, err := listOf(a.Values)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, statement, len(p.Answers)+1, encounter, number, a.Question, a.State, values, text(a.Words), a.Source, who.Name, micros(at))
		if err != nil {
			return err
		}
		return addTraces(ctx, tx, casework.PersonAt{Encounter: encounter, Number: number}, a)
	})
	if err != nil {
		return fmt.Errorf("save answer: %w", err)
	}
	return nil
}

// MarkRole gives or takes a role; see casework.Store.
func (d *DB) MarkRole(ctx context.Context, encounter string, number int, m casework.RoleMark, who pipeline.Account) error {
	const statement = `
		INSERT INTO person_roles (seq, encounter, person, role, given, reason, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	err := d.inPerson(ctx, encounter, number, caseEvent(encounter, who, m.At, pipeline.OpAlter, "role_marked"), func(tx *sql.Tx, g casework.Group, p casework.Person) error {
		if err := refuse(casework.RoleMistakes(m)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, len(p.Roles)+1, encounter, number, m.Role, bit(m.On), text(m.Reason), who.Name, micros(g.Next(m.At)))
		return err
	})
	if err != nil {
		return fmt.Errorf("mark role: %w", err)
	}
	return nil
}

// ClosePrompt ends a prompt; see casework.Store.
func (d *DB) ClosePrompt(ctx context.Context, encounter string, number int, c casework.Closing, who pipeline.Account) error {
	const statement = `
		INSERT INTO prompt_closings (seq, encounter, person, prompt, outcome, reason, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	err := d.inPerson(ctx, encounter, number, caseEvent(encounter, who, c.At, pipeline.OpAlter, "prompt_closed"), func(tx *sql.Tx, g casework.Group, p casework.Person) error {
		if err := refuse(g.ClosingMistakes(number, c)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, len(p.Closings)+1, encounter, number, c.Prompt, c.Outcome, text(c.Reason), who.Name, micros(g.Next(c.At)))
		return err
	})
	if err != nil {
		return fmt.Errorf("close prompt: %w", err)
	}
	return nil
}

// SaveHolding adds who held whose document; see casework.Store.
func (d *DB) SaveHolding(ctx context.Context, encounter string, h casework.Holding, who pipeline.Account) error {
	const statement = `
		INSERT INTO holdings (seq, encounter, document, held_by, belongs_to, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	err := d.inCase(ctx, encounter, max(h.HeldBy, h.BelongsTo), caseEvent(encounter, who, h.At, pipeline.OpCollect, "holding_saved"), func(tx *sql.Tx, g casework.Group) error {
		_, err := tx.ExecContext(ctx, statement, len(g.Holdings)+1, encounter, text(h.Document), h.HeldBy, h.BelongsTo, who.Name, micros(g.Next(h.At)))
		return err
	})
	if err != nil {
		return fmt.Errorf("save who holds a document: %w", err)
	}
	return nil
}

// Group gives everything that is known of the people of an encounter.
func (d *DB) Group(ctx context.Context, encounter string) (g casework.Group, err error) {
	const query = `
		SELECT COALESCE(MAX(people), 0)
		FROM casefiles
		WHERE encounter = $1`
	var people int
	if err := d.read.QueryRowContext(ctx, query, text(encounter)).Scan(&people); err != nil {
		return g, fmt.Errorf("read people: %w", err)
	}
	if g, err = readGroup(ctx, d.read, encounter, people); err != nil {
		return g, fmt.Errorf("read people: %w", err)
	}
	return g, nil
}

// readGroup reads the file of an encounter with so many people.
func readGroup(ctx context.Context, q queryer, encounter string, people int) (casework.Group, error) {
	g := casework.Group{Encounter: encounter}
	for n := range people {
		g.People = append(g.People, casework.Person{Encounter: encounter, Number: n + 1})
	}
	for _, read := range []func(context.Context, queryer, *casework.Group) error{readAnswers, readRoles, readClosings, readHoldings, readLinks} {
		if err := read(ctx, q, &g); err != nil {
			return g, err
		}
	}
	var err error
	g.Referrals, err = referrals(ctx, q, `WHERE encounter = $1 ORDER BY sent_at, id`, text(encounter))
	return g, err
}

// each reads every row of a query about an encounter.
func each(ctx context.Context, q queryer, query, encounter string, row func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, query, text(encounter))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func readAnswers(ctx context.Context, q queryer, g *casework.Group) error {
	const query = `
		SELECT person, question, state, choices, words, source, by_whom, at
		FROM person_answers
		WHERE encounter = $1
		ORDER BY person, seq`
	return each(ctx, q, query, g.Encounter, func(scan func(...any) error) error {
		var a casework.Answer
		var person int
		var at int64
		var values string
		if err := scan(&person, &a.Question, &a.State, &values, &a.Words, &a.Source, &a.By, &at); err != nil {
			return err
		}
		a.At = timeOf(at)
		p := &g.People[person-1]
		p.Answers = append(p.Answers, a)
		return json.Unmarshal([]byte(values), &p.Answers[len(p.Answers)-1].Values)
	})
}

func readRoles(ctx context.Context, q queryer, g *casework.Group) error {
	const query = `
		SELECT person, role, given, reason, by_whom, at
		FROM person_roles
		WHERE encounter = $1
		ORDER BY person, seq`
	return each(ctx, q, query, g.Encounter, func(scan func(...any) error) error {
		var m casework.RoleMark
		var person, given int
		var at int64
		if err := scan(&person, &m.Role, &given, &m.Reason, &m.By, &at); err != nil {
			return err
		}
		m.On, m.At = given != 0, timeOf(at)
		g.People[person-1].Roles = append(g.People[person-1].Roles, m)
		return nil
	})
}

func readClosings(ctx context.Context, q queryer, g *casework.Group) error {
	const query = `
		SELECT person, prompt, outcome, reason, by_whom, at
		FROM prompt_closings
		WHERE encounter = $1
		ORDER BY person, seq`
	return each(ctx, q, query, g.Encounter, func(scan func(...any) error) error {
		var c casework.Closing
		var person int
		var at int64
		if err := scan(&person, &c.Prompt, &c.Outcome, &c.Reason, &c.By, &at); err != nil {
			return err
		}
		c.At = timeOf(at)
		g.People[person-1].Closings = append(g.People[person-1].Closings, c)
		return nil
	})
}

func readHoldings(ctx context.Context, q queryer, g *casework.Group) error {
	const query = `
		SELECT document, held_by, belongs_to, by_whom, at
		FROM holdings
		WHERE encounter = $1
		ORDER BY seq`
	return each(ctx, q, query, g.Encounter, func(scan func(...any) error) error {
		var h casework.Holding
		var at int64
		if err := scan(&h.Document, &h.HeldBy, &h.BelongsTo, &h.By, &at); err != nil {
			return err
		}
		h.At = timeOf(at)
		g.Holdings = append(g.Holdings, h)
		return nil
	})
}
