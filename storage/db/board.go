package db

import (
	"context"
	"fmt"
	"strings"

	"touchstone.internal/pipeline"
)

// What a decision is among those on its document. Who comes second and sees it
// differently from the first leaves the review to a third person.
const (
	isSplit    = `(p.seq = 2 AND (r.state <> 'decided' OR EXISTS (SELECT 1 FROM decisions t WHERE t.document_id = p.document_id AND t.seq = 3)))`
	isSettling = `(r.state = 'decided' AND NOT EXISTS (SELECT 1 FROM decisions t WHERE t.document_id = p.document_id AND t.seq > p.seq))`
)

// made is where lists and counts of decisions come from.
const made = `decisions p JOIN reviews r ON r.document_id = p.document_id JOIN documents d ON d.id = p.document_id LEFT JOIN encounters e ON e.reference = d.encounter`

// decisionsOf puts a filter into conditions.
func decisionsOf(f pipeline.DecisionFilter) *conditions {
	c := &conditions{}
	c.add(`p.at >= ?`, micros(f.Since))
	c.addText("p.reviewer", f.Reviewer)
	c.addText("e.site", f.Site)
	if f.NoSite {
		c.add(`e.site IS NULL`)
	}
	c.addText("p.machine", string(f.Machine))
	if len(f.Kinds) > 0 {
		var verdicts []string
		for _, k := range f.Kinds {
			for _, v := range k.Verdicts() {
				verdicts = append(verdicts, string(v))
			}
		}
		c.add(`p.verdict IN ('` + strings.Join(verdicts, `', '`) + `')`)
	}
	if f.Second {
		c.add(`p.seq = 2`)
	}
	if f.Split {
		c.add(isSplit)
	}
	if f.Settling {
		c.add(isSettling)
	}
	if after := f.After; after.Document != "" {
		c.add(`(p.at, p.document_id, p.seq) < (?, ?, ?)`, micros(after.At), text(string(after.Document)), after.Seq)
	}
	return c
}

// ListDecisions gives decisions, the newest first; see pipeline.Reviews.
func (d *DB) ListDecisions(ctx context.Context, f pipeline.DecisionFilter) (items []pipeline.DecidedItem, err error) {
	chosen := decisionsOf(f)
	rows, err := d.page(ctx, `
		SELECT `+decisionColumns+`, d.encounter, CASE WHEN `+isSplit+` THEN 1 ELSE 0 END
		FROM `+made+`
		WHERE `+chosen.where()+`
		ORDER BY p.at DESC, p.document_id DESC, p.seq DESC`, chosen.args, f.Limit, f.Offset)
	if err != nil {
		return nil, fmt.Errorf("list decisions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var item pipeline.DecidedItem
		var split int
		if item.Decision, err = scanDecision(rows.Scan, &item.Encounter, &split); err != nil {
			return nil, fmt.Errorf("list decisions: %w", err)
		}
		item.Split = split != 0
		items = append(items, item)
	}
	return items, rows.Err()
}

// CountDecisions counts what a filter chooses; see pipeline.Reviews.
func (d *DB) CountDecisions(ctx context.Context, f pipeline.DecisionFilter) (counts []pipeline.DecisionCount, err error) {
	const counted = `
		SELECT c.reviewer, c.site, c.machine, c.verdict, c.second, c.split, c.settling, COUNT(*)
		FROM (
			SELECT p.reviewer, COALESCE(e.site, '') AS site, p.machine, p.verdict, CASE WHEN p.seq = 2 THEN 1 ELSE 0 END AS second,
				CASE WHEN ` + isSplit + ` THEN 1 ELSE 0 END AS split, CASE WHEN ` + isSettling + ` THEN 1 ELSE 0 END AS settling
			FROM ` + made + `
			WHERE `
	const grouped = `
		) AS c
		GROUP BY c.reviewer, c.site, c.machine, c.verdict, c.second, c.split, c.settling
		ORDER BY c.reviewer, c.site, c.machine, c.verdict, c.second, c.split, c.settling`
	chosen := decisionsOf(f)
	query := strings.Builder{}
	query.WriteString(counted)
	query.WriteString(chosen.where())
	query.WriteString(grouped)
	rows, err := d.read.QueryContext(ctx, query.String(), chosen.args...)
	if err != nil {
		return nil, fmt.Errorf("count decisions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c pipeline.DecisionCount
		var second, split, settling int
		if err := rows.Scan(&c.Reviewer, &c.Site, &c.Machine, &c.Verdict, &second, &split, &settling, &c.N); err != nil {
			return nil, fmt.Errorf("count decisions: %w", err)
		}
		c.Second, c.Split, c.Settling = second != 0, split != 0, settling != 0
		counts = append(counts, c)
	}
	return counts, rows.Err()
}
