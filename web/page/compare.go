package page

import (
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// comparison is one field beside what should say the same, character by
// character.
type comparison struct {
	Name         string
	Zone, Other  []run  // Unsure marks what differs
	Source       string // what the other is
	Result       label
	Said, Differ string // the same for who cannot see marks
}

// comparisonsOf puts every field of the zones beside what its check digit asks
// for, and beside what the printed page says where a check has looked.
func comparisonsOf(r pipeline.Report) []comparison {
	var all []comparison
	for _, z := range r.Zones() {
		for _, f := range z.Fields {
			if d := f.CheckDigit; d != nil && d.State != mrz.NotPrinted {
				raw := f.Raw
				if raw == d.Printed { // the overall check digit is a field by itself
					raw = ""
				}
				c := newComparison(text.Field(string(f.Name)), raw+d.Printed, raw+d.Computed)
				c.Source, c.Result = "its check digit", digits[d.State]
				all = append(all, c)
			}
		}
	}
	for _, f := range r.Findings {
		if !strings.HasPrefix(f.Check, "VIZ-") || f.Outcome == pipeline.NotPerformed {
			continue
		}
		for _, v := range f.Values {
			c := newComparison(v.Label, v.Expected, v.Printed)
			c.Source, c.Result = "the printed page", printedResults[f.Outcome].or(label{"Not sure", "orange"})
			all = append(all, c)
		}
	}
	return all
}

var printedResults = map[pipeline.Outcome]label{ //nolint:gochecknoglobals // a table, never written
	pipeline.OK: {"Agrees", "green"}, pipeline.Fail: {"Differs", "red"},
}

func newComparison(name, zone, other string) comparison {
	c := comparison{Name: upper(name)}
	c.Zone, c.Other = differing(zone, other)
	for _, r := range c.Zone {
		if r.Unsure {
			c.Said += r.Text
		}
	}
	for _, r := range c.Other {
		if r.Unsure {
			c.Differ += r.Text
		}
	}
	return c
}

// differing marks where two texts differ: place by place if they are as long,
// and what lies between their common ends if not.
func differing(a, b string) (ma, mb []run) {
	if len(a) == len(b) {
		same := func(i int) bool { return a[i] == b[i] }
		return marked(a, same), marked(b, same)
	}
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	ends := func(s string) func(int) bool {
		return func(i int) bool { return i < head || i >= len(s)-tail }
	}
	return marked(a, ends(a)), marked(b, ends(b))
}

// marked cuts a text where the answer changes. Letters of several bytes stay
// whole: a run that is cut inside of one goes on to its end.
func marked(s string, same func(int) bool) []run {
	var rs []run
	for i, r := range s {
		differs := !same(i)
		if len(rs) == 0 || rs[len(rs)-1].Unsure != differs {
			rs = append(rs, run{Unsure: differs})
		}
		rs[len(rs)-1].Text += string(r)
	}
	return rs
}
