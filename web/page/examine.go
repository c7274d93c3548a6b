package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
	"touchstone.internal/web/policy"
)

// group is the findings with one outcome.
type group struct {
	Title    string
	ID       string
	Empty    string // what to say where there are none
	Open     bool
	Findings []finding
	Notes    int // findings among them that do not count, such as an expired document
}

// Count is how many findings there are, in a heading.
func (g group) Count() string {
	if g.Notes == 0 {
		return fmt.Sprint(len(g.Findings))
	}
	return fmt.Sprintf("%d, and %d to note", len(g.Findings)-g.Notes, g.Notes)
}

// finding is one answer of one check, as a reviewer reads it.
type finding struct {
	pipeline.Finding
	Code     string // on the picture and in the list; empty if neither points at the other
	Name     string // what the check asks
	Title    string // what it found
	CouldBe  string
	Strength string
	Standard string
	Follows  string // code of the finding with which it shares its cause
	Marks    []mark
}

// Boxed gives the marks to the viewer: x, y, width and height of each.
func (f finding) Boxed() string {
	all := make([]string, len(f.Marks))
	for i, m := range f.Marks {
		all[i] = fmt.Sprintf("%d %d %d %d", m.X, m.Y, m.Width, m.Height)
	}
	return strings.Join(all, ";")
}

// groupsOf sorts all findings into the five groups: what is wrong first, in
// the order in which it matters.
func groupsOf(v Document) []group {
	gs := []group{
		{Title: "Problems found", ID: "problems", Empty: "No check found a problem.", Open: true},
		{Title: "Needs your judgement", ID: "judgement", Empty: "No check was left in doubt.", Open: true},
		{Title: "No problem found", ID: "passed", Empty: "No check ended without a problem."},
		{Title: "Not run", ID: "not-run", Empty: "Every check had something to look at."},
		{Title: "Did not finish", ID: "unfinished", Empty: "Every check that began came to its end."},
	}
	place := map[pipeline.Outcome]int{
		pipeline.Fail: 0, pipeline.Undetermined: 1, pipeline.OK: 2, pipeline.NotPerformed: 3, pipeline.Aborted: 4,
	}
	codes, groups := map[string]int{}, map[int]string{}
	for _, i := range v.order() {
		f := v.Report.Findings[i]
		at, known := place[f.Outcome]
		if !known {
			at = 4
		}
		full := v.finding(f)
		if letter := letterOf(f); letter != "" {
			codes[letter]++
			full.Code = fmt.Sprint(letter, codes[letter])
		}
		if f.Outcome == pipeline.Fail && !f.Counted() {
			gs[at].Notes++
		}
		full.Follows = v.follows(i, groups, full.Code)
		gs[at].Findings = append(gs[at].Findings, full)
	}
	return gs
}

// letterOf is what the code of a finding begins with: P for a problem, N for
// what is only to note, J for what needs a person's judgement.
func letterOf(f pipeline.Finding) string {
	switch {
	case f.Counted():
		return "P"
	case f.Outcome == pipeline.Fail:
		return "N"
	case f.Outcome == pipeline.Undetermined:
		return "J"
	}
	return ""
}

// Line is how the finding's boxes are drawn. No two kinds look alike without
// their colour.
func (f finding) Line() string {
	return map[string]string{"P": "problem", "N": "note", "J": "doubt"}[letterOf(f.Finding)]
}

// order gives the findings by what they add to the outcome, and the others as
// the report has them.
func (v Document) order() []int {
	all := make([]int, 0, len(v.Report.Findings))
	for _, c := range v.Report.Outcome.Contributions {
		if c.Finding >= 0 && c.Finding < len(v.Report.Findings) && !slices.Contains(all, c.Finding) {
			all = append(all, c.Finding)
		}
	}
	for i := range v.Report.Findings {
		if !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	return all
}

// follows gives the code of the stronger finding with which finding i shares
// its cause; first keeps the code of the strongest of each cause.
func (v Document) follows(i int, first map[int]string, code string) string {
	cs := v.Report.Outcome.Contributions
	at := slices.IndexFunc(cs, func(c pipeline.Contribution) bool { return c.Finding == i })
	if at < 0 {
		return ""
	}
	first[at] = code
	for before := range at {
		if cs[before].Group == cs[at].Group {
			return first[before]
		}
	}
	return ""
}

func (v Document) finding(f pipeline.Finding) finding {
	said, _ := text.Entry(f.Statement)
	full := finding{
		Finding: f, Name: v.name(f), Title: cmp.Or(said.Title, v.name(f)), CouldBe: said.CouldBe, Strength: strengths[f.Severity],
		Standard: v.Checks[f.Check].Standard,
	}
	if s, ok := sheetOf(v); ok {
		full.Marks = s.marks(f.Boxes)
	}
	return full
}

// tally counts the groups in a line.
func tally(gs []group) string {
	words := []string{"with a problem", "in doubt", "without a problem", "not run", "not finished"}
	all, parts := 0, []string{}
	for i, g := range gs {
		all += len(g.Findings)
		if n := len(g.Findings) - g.Notes; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[i]))
		}
		if g.Notes > 0 {
			parts = append(parts, fmt.Sprintf("%d to note", g.Notes))
		}
	}
	if all == 0 {
		return "No check was run"
	}
	return "See all checks: " + strings.Join(parts, ", ")
}

// examination is everything about a document for a reviewer.
type examination struct {
	Doc      pipeline.Document
	Report   pipeline.Report
	Now      time.Time
	History  []pipeline.AuditEvent
	Hidden   bool   // steps of reviewers are not in the history
	ReviewAt string // address of the review; empty if the account cannot open it
	Deciding bool   // the page has a decision to make
	Folded   bool   // only the picture is shown

	Compared []comparison
	Headline string
	Tag      label
	Note     string
	Why      string // what kept it from being checked
	Groups   []group
	Total    int
	Shares   []share
	Zones    []zone
	Sheet    *sheet
	Fields   []mark // of all zones, on the picture
	Problems []finding
	Notes    []finding
	Doubts   []finding
}

// share is one line of how an indication came about.
type share struct {
	Name, Check, Group, Weight, Share string
}

// examineOf prepares a report for a reviewer.
func examineOf(shell Shell, v Document) examination {
	o := v.Report.Outcome
	e := examination{
		Doc: v.Document, Report: *v.Report, Now: shell.Now, History: v.History,
		Headline: headline(o), Tag: tagOf(pipeline.StateScreened, o), Note: note(o), Groups: groupsOf(v), Compared: comparisonsOf(*v.Report),
	}
	if v.Standing != nil {
		e.Hidden = v.Standing.State != StandingDecided
		if policy.May(shell.Account.Role, policy.Queue) {
			e.ReviewAt = "/reviews/" + string(v.Standing.Review)
		}
	}
	if o.Problem != "" {
		e.Why = stop(text.Reason(string(o.Problem), map[string]string{"file": v.Document.FileName}))
	}
	e.Shares = v.shares()
	for _, g := range e.Groups {
		e.Total += len(g.Findings)
	}
	s, pictured := sheetOf(v)
	if pictured {
		e.Sheet = &s
	}
	for _, z := range v.Report.Zones() {
		e.Zones = append(e.Zones, zoneOf(z, s, pictured))
	}
	for _, z := range e.Zones {
		for _, f := range z.Fields {
			e.Fields = append(e.Fields, f.Marks...)
		}
	}
	for _, f := range e.Groups[0].Findings {
		if f.Counted() {
			e.Problems = append(e.Problems, f)
			continue
		}
		e.Notes = append(e.Notes, f)
	}
	e.Doubts = e.Groups[1].Findings
	return e
}

// shares says how the indication adds up.
func (v Document) shares() []share {
	var ss []share
	for _, c := range v.Report.Outcome.Contributions {
		ss = append(ss, share{
			Name: cmp.Or(v.Checks[c.Check].Name, c.Check), Check: c.Check, Group: strings.ReplaceAll(c.Group, "_", " "),
			Weight: fmt.Sprintf("%.3f", c.Weight), Share: fmt.Sprintf("%.3f", c.Share),
		})
	}
	return ss
}

// zone is one machine readable zone with what is unsure marked.
type zone struct {
	pipeline.ZoneReading
	Rows   [][]run
	Unsure []string // each uncertain character in words
	Fields []field
	Marks  []mark
}

// run is characters that are all sure or all unsure.
type run struct {
	Text   string
	Unsure bool
}

// field is one field of a zone, and where it is.
type field struct {
	pipeline.FieldReading
	Marks []mark
}

func zoneOf(r pipeline.ZoneReading, s sheet, pictured bool) zone {
	z := zone{ZoneReading: r}
	for i, line := range r.Lines {
		var chars []pipeline.CharMark
		if i < len(r.Chars) {
			chars = r.Chars[i]
		}
		z.Rows = append(z.Rows, runs(line, chars))
		z.Unsure = append(z.Unsure, unsure(i, line, chars)...)
	}
	for _, f := range r.Fields {
		full := field{FieldReading: f}
		if pictured {
			full.Marks = s.marks([]pipeline.Box{f.Box})
		}
		z.Fields = append(z.Fields, full)
	}
	if pictured {
		z.Marks = s.marks([]pipeline.Box{r.Box})
	}
	return z
}

// runs cuts a line where certainty changes. A character without evidence
// counts as unsure.
func runs(line string, chars []pipeline.CharMark) []run {
	var rs []run
	for i := range len(line) {
		doubt := i >= len(chars) || !chars[i].Certain
		if len(rs) == 0 || rs[len(rs)-1].Unsure != doubt {
			rs = append(rs, run{Unsure: doubt})
		}
		rs[len(rs)-1].Text += line[i : i+1]
	}
	return rs
}

// unsure says each uncertain character in words, for who cannot see marks.
func unsure(line int, letters string, chars []pipeline.CharMark) []string {
	var said []string
	for i, c := range chars {
		if c.Certain || i >= len(letters) {
			continue
		}
		s := fmt.Sprintf("Line %d, character %d: %s", line+1, i+1, letters[i:i+1])
		if c.RunnerUp != "" {
			s += ", or " + c.RunnerUp
		}
		said = append(said, s)
	}
	return said
}
