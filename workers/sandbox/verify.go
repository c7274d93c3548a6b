package sandbox

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// How much a report may hold. Real ones stay far below.
const (
	maxPages    = 16
	maxZones    = 16
	maxLines    = 4
	maxChars    = 64 // of one line; the longest of Doc 9303 has 44
	maxFields   = 32
	maxFindings = 512
	maxBoxes    = 512
	maxValues   = 64
	maxText     = 2000 // bytes of any text
	maxPixels   = 1 << 16
)

//nolint:gochecknoglobals // tables
var (
	checkID   = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2,3}$`)
	snakeCase = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	zoneLine  = regexp.MustCompile(`^[A-Z0-9<]*$`)
	oneDigit  = regexp.MustCompile(`^[A-Z0-9<\x00]?$`) // zero where nothing stands
	ruleSet   = pipeline.Rules.Hash()
)

// checkReport tells whether a report holds up: it answers the question that
// was asked, every value is one of the known ones, everything lies on its page,
// and the outcome is the one that its findings give under our own rules. A
// child that was taken over can still lie about what it saw; it cannot say
// anything that a report could not.
func checkReport(r pipeline.Report, h Header) error {
	switch {
	case r.Digest != h.Digest:
		return refuse("it is about another picture")
	case r.Capture != h.Capture, r.AsOf != asOf(h):
		return refuse("it answers another question")
	case r.RuleSet != ruleSet:
		return refuse("it was weighed by other rules")
	case !plain(r.Engine):
		return refuse("its engine has no fit name")
	case len(r.Pages) > maxPages || r.Pages == nil:
		return refuse("%d pages", len(r.Pages))
	case len(r.Findings) > maxFindings || len(r.Findings) == 0:
		return refuse("%d findings", len(r.Findings))
	}
	for i, p := range r.Pages {
		if err := checkPage(p, i); err != nil {
			return err
		}
	}
	for _, f := range r.Findings {
		if err := checkFinding(f, r.Pages); err != nil {
			return err
		}
	}
	return checkOutcome(r)
}

func asOf(h Header) string {
	if h.AsOf.IsZero() {
		return ""
	}
	return h.AsOf.Format(time.DateOnly)
}

// checkOutcome weighs the findings again: what they come to is not for the
// child to say.
func checkOutcome(r pipeline.Report) error {
	o := r.Outcome
	if o.Problem != pipeline.ProblemNone && !key(string(o.Problem)) {
		return refuse("its problem has no fit name")
	}
	if strings.HasPrefix(string(o.Problem), "reader_") {
		return refuse("it says what only we can say")
	}
	if !reflect.DeepEqual(o, pipeline.Rules.Assess(r.Findings, r.Capture, o.Problem)) {
		return refuse("its outcome is not that of its findings")
	}
	return nil
}

func checkPage(p pipeline.PageReading, index int) error {
	if p.Width < 1 || p.Height < 1 || p.Width > maxPixels || p.Height > maxPixels {
		return refuse("a page of %d x %d pixels", p.Width, p.Height)
	}
	if q := p.Orientation.Quarters; q < 0 || q > 3 {
		return refuse("%d quarter turns", q)
	}
	if len(p.Zones) > maxZones {
		return refuse("%d zones", len(p.Zones))
	}
	for _, z := range p.Zones {
		if err := checkZone(z, p, index); err != nil {
			return err
		}
	}
	return nil
}

func checkZone(z pipeline.ZoneReading, p pipeline.PageReading, page int) error {
	if _, ok := mrz.LayoutOf(z.Format); !ok && z.Format != mrz.Unknown {
		return refuse("an unknown format")
	}
	if len(z.Lines) > maxLines || len(z.Chars) != len(z.Lines) || len(z.Fields) > maxFields {
		return refuse("a zone of %d lines, %d rows of characters and %d fields", len(z.Lines), len(z.Chars), len(z.Fields))
	}
	if !on(z.Box, p, page) {
		return refuse("a zone outside its page")
	}
	for i, l := range z.Lines {
		if len(l) > maxChars || !zoneLine.MatchString(l) || len(z.Chars[i]) != len(l) {
			return refuse("a line that no zone can have")
		}
		for _, c := range z.Chars[i] {
			if err := checkChar(c, p); err != nil {
				return err
			}
		}
	}
	for _, f := range z.Fields {
		if err := checkField(f, p, page); err != nil {
			return err
		}
	}
	return nil
}

func checkChar(c pipeline.CharMark, p pipeline.PageReading) error {
	box := pipeline.Box{X: c.Box[0], Y: c.Box[1], Width: c.Box[2], Height: c.Box[3]}
	if !on(box, p, 0) || !(c.Confidence >= 0 && c.Confidence <= 1) {
		return refuse("a character outside its page or range")
	}
	if len(c.RunnerUp) > 1 || !zoneLine.MatchString(c.RunnerUp) {
		return refuse("a character that no zone can have")
	}
	return nil
}

func checkField(f pipeline.FieldReading, p pipeline.PageReading, page int) error {
	if !key(string(f.Name)) || !plain(f.Raw) || !plain(f.Value) || !on(f.Box, p, page) {
		return refuse("a field that does not hold up")
	}
	if d := f.CheckDigit; d != nil {
		switch d.State {
		case mrz.Verified, mrz.Refuted, mrz.NotPrinted, mrz.Unreadable:
		default:
			return refuse("an unknown state of a check digit")
		}
		if !oneDigit.MatchString(d.Printed) || !oneDigit.MatchString(d.Computed) {
			return refuse("a check digit that is none")
		}
		return checkDoubt(d.Doubt)
	}
	return nil
}

func checkDoubt(d *pipeline.DoubtReading) error {
	if d == nil {
		return nil
	}
	if !(d.Misread >= 0) || len(d.Changes) > maxChars*maxLines {
		return refuse("a doubt beyond measure")
	}
	for _, c := range d.Changes {
		if c.Line < 0 || c.Line >= maxLines || c.Column < 0 || c.Column >= maxChars || len(c.To) != 1 || !zoneLine.MatchString(c.To) {
			return refuse("a change that no zone can have")
		}
	}
	return nil
}

func checkFinding(f pipeline.Finding, pages []pipeline.PageReading) error {
	switch f.Outcome {
	case pipeline.OK, pipeline.Fail, pipeline.Undetermined, pipeline.NotPerformed, pipeline.Aborted:
	default:
		return refuse("an unknown outcome of a check")
	}
	if !checkID.MatchString(f.Check) || f.Version < 1 || !key(f.Statement) || f.Severity > pipeline.S4 {
		return refuse("a finding that names no check")
	}
	if f.Reason == "" || !plain(f.Reason) || !plain(f.Deviation) {
		return refuse("a finding without a fit reason")
	}
	if len(f.Boxes) > maxBoxes || f.Boxes == nil || len(f.Values) > maxValues {
		return refuse("a finding with %d boxes and %d values", len(f.Boxes), len(f.Values))
	}
	for _, b := range f.Boxes {
		if b.Page < 0 || b.Page >= len(pages) || !on(b, pages[b.Page], b.Page) {
			return refuse("a box outside its page")
		}
	}
	if slices.ContainsFunc(f.Values, func(v pipeline.Value) bool {
		return !plain(v.Label) || !plain(v.Printed) || !plain(v.Expected)
	}) {
		return refuse("a value that is no plain text")
	}
	return nil
}

// on tells whether a box lies on its page. Every term is bounded before it is
// added, so that nothing overflows.
func on(b pipeline.Box, p pipeline.PageReading, page int) bool {
	return b.Page == page && plain(b.Label) &&
		b.X >= 0 && b.Y >= 0 && b.Width >= 0 && b.Height >= 0 &&
		b.X <= p.Width && b.Y <= p.Height && b.Width <= p.Width-b.X && b.Height <= p.Height-b.Y
}

// plain tells whether a text is short and has no control characters, nor marks
// that change the direction of writing.
func plain(s string) bool {
	return len(s) <= maxText && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
}

// key tells whether a text can be a key of the text catalogue.
func key(s string) bool { return len(s) <= 64 && snakeCase.MatchString(s) }
