package pipeline

import (
	"cmp"
	"slices"
	"time"

	"touchstone.internal/pipeline/text"
)

// Screen asks every check, sets known deviations apart, weighs the answers and
// gives the whole report. It is a pure function: the same input, checks, tables
// and engine give the same report, byte for byte. Findings come with what
// counts first, strongest first, and the rest in the order of the catalogue.
func Screen(in *Input, checks []Check, known []Deviation, rules RuleTable, engine string) Report {
	r := blank(in.Digest, in.AsOf, in.Capture)
	r.Engine, r.RuleSet = engine, rules.Hash()
	for i, p := range in.Pages {
		r.Pages = append(r.Pages, readPage(p, i, in.AsOf))
	}
	for _, c := range checks {
		if c.Run != nil {
			r.Findings = append(r.Findings, ask(c, func() []Finding { return c.Run(in) })...)
		}
	}
	explain(r.Findings, r.Pages, known)
	for _, c := range checks {
		if c.After != nil {
			r.Findings = append(r.Findings, ask(c, func() []Finding { return c.After(in, slices.Clone(r.Findings)) })...)
		}
	}
	r.Outcome = rules.Assess(r.Findings, in.Capture, in.Problem)
	r.strongestFirst()
	return r
}

// AbortedReport is the report on a picture that broke its reader, or that
// never got to one: it could not be checked, and the problem says why.
func AbortedReport(d Digest, asOf time.Time, c CaptureClass, p Problem) Report {
	r := blank(d, asOf, c)
	r.RuleSet = Rules.Hash()
	r.Findings = []Finding{{
		Check: "CAP-01", Version: 1, Outcome: Aborted, Severity: S0,
		Statement: string(p), Reason: text.Reason(string(p), nil), Boxes: []Box{},
	}}
	r.Outcome = Rules.Assess(r.Findings, c, p)
	return r
}

func blank(d Digest, asOf time.Time, c CaptureClass) Report {
	r := Report{Digest: d, Capture: c, Pages: []PageReading{}, Findings: []Finding{}}
	if !asOf.IsZero() {
		r.AsOf = asOf.Format(time.DateOnly)
	}
	return r
}

// ask runs one check and stamps its answers. A check that breaks, or that says
// nothing, has broken off: its question stays open, and the others are heard.
func ask(c Check, run func() []Finding) (found []Finding) {
	defer func() {
		if recover() != nil {
			found = aborted(c)
		}
	}()
	if found = run(); len(found) == 0 {
		return aborted(c)
	}
	for i := range found {
		f := &found[i]
		f.Check, f.Version = c.ID, c.Version
		if f.Outcome != Fail {
			f.Severity = c.Severity
		}
		if f.Boxes == nil {
			f.Boxes = []Box{}
		}
	}
	return found
}

func aborted(c Check) []Finding {
	const statement = "check_aborted"
	return []Finding{{
		Check: c.ID, Version: c.Version, Outcome: Aborted, Severity: c.Severity,
		Statement: statement, Reason: text.Reason(statement, nil), Boxes: []Box{},
	}}
}

// strongestFirst puts the findings that count in front, in the order of their
// contributions, and keeps the order of the others.
func (r *Report) strongestFirst() {
	rank := make([]int, len(r.Findings))
	for i := range rank {
		rank[i] = len(rank) // behind all that count
	}
	for i, c := range r.Outcome.Contributions {
		rank[c.Finding] = i
	}
	order := make([]int, len(rank))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(r.Findings[a].Check, r.Findings[b].Check))
	})
	sorted := make([]Finding, len(order))
	for i, o := range order {
		sorted[i] = r.Findings[o]
	}
	for i := range r.Outcome.Contributions {
		r.Outcome.Contributions[i].Finding = i
	}
	r.Findings = sorted
}
