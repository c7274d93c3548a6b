package main

import (
	"math"
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/measure"
	"touchstone.internal/pipeline/mrz"
)

// class says in one word how a reading ended. Others script against the words.
type class string

// The classes.
const (
	classExact        class = "exact"            // every line as printed, or nothing where nothing is
	classWrong        class = "wrong_characters" // the right format and not the right text
	classOther        class = "other_format"     // another number or length of lines
	classNone         class = "no_zone"          // none found where one is printed
	classPhantom      class = "phantom_zone"     // one found where none is printed
	classNotRead      class = "not_read"         // a kind of file that is not read, or one beyond the limits
	classTimedOut     class = "timed_out"
	classReaderFailed class = "reader_failed" // the child crashed, ran out of memory or made no sense
	classFault        class = "fault"         // the file is not there, or the system is at fault; counts nowhere
)

// guess is the belief in one character, and whether it was relied upon.
type guess struct {
	measure.Guess
	Certain bool
}

// caseScore is one picture, compared with what is printed on it.
type caseScore struct {
	File       string           `json:"file"`
	Format     string           `json:"format"`
	Capture    string           `json:"capture"`
	Width      int              `json:"width"` // of the picture in pixels; 0 if not known
	Tags       []string         `json:"tags"`
	Settings   *shot            `json:"settings,omitempty"` // how it was drawn
	Aside      bool             `json:"aside"`              // counts nowhere, says the table
	Class      class            `json:"class"`
	Problem    pipeline.Problem `json:"problem,omitempty"`
	Zones      int              `json:"zones"` // that were read
	ReadFormat mrz.Format       `json:"read_format,omitempty"`
	Errors     int              `json:"errors"`     // characters to change to make what is printed of what was read
	Characters int              `json:"characters"` // printed
	Lines      int              `json:"lines"`
	LinesExact int              `json:"lines_exact"`
	Certain    bool             `json:"certain"`
	// CertainWrong is the worst that can happen: a zone read surely, and not as
	// it is printed.
	CertainWrong bool `json:"certain_wrong"`
	// Agree says that every check digit that was read agrees with its field.
	Agree      bool     `json:"digits_agree"`
	Refuted    []string `json:"printed_wrong"` // checks of the digits that are wrong in the print
	Called     []string `json:"called"`        // checks that failed
	Missed     []string `json:"missed"`        // of Refuted: found right
	WrongFails []string `json:"wrong_fails"`   // of Called: right in the print
	Want       []string `json:"want,omitempty"`
	Got        []string `json:"got,omitempty"`

	guesses []guess
	pitch   float64 // of the zone, in pixels
	ratios  []digitRatio
}

// digitRatio is a printed check digit and the likelihood ratio of its misreading.
type digitRatio struct {
	wrong   bool    // in the print
	misread float64 // infinite if it was found right: nothing speaks for a wrong print
}

// scored tells whether a picture counts in the rates.
func (c caseScore) scored() bool { return !c.Aside && c.Class != classFault }

// printed tells whether a zone is printed on the picture.
func (c caseScore) printed() bool { return c.Lines > 0 }

// score compares an answer with the truth.
func score(m measured) caseScore {
	truth := m.Truth
	c := caseScore{
		File: m.File, Format: truth.Format, Capture: m.captureName(), Width: truth.Width, Tags: truth.Tags, Settings: m.Shot,
		Aside: truth.Aside, Lines: len(truth.Lines), Characters: len(strings.Join(truth.Lines, "")),
		Refuted: orEmpty(truth.refuted()), Called: []string{}, Missed: []string{}, WrongFails: []string{},
	}
	c.Errors = c.Characters
	if m.Err != nil {
		c.Class = classFault
		return c
	}
	zones := m.Report.Zones()
	if len(m.Report.Pages) > 0 {
		c.Width = m.Report.Pages[0].Width
	}
	c.Zones, c.Problem = len(zones), m.Report.Outcome.Problem
	c.digits(m.Report.Findings)
	best, ok := nearest(zones, truth.Lines)
	if ok {
		c.reading(best, truth.Lines)
	}
	for _, z := range zones {
		c.CertainWrong = c.CertainWrong || z.Certain && !slices.Equal(z.Lines, truth.Lines)
	}
	c.Class = c.classify(best, truth.Lines)
	c.Want, c.Got = truth.Lines, best.Lines
	return c
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// nearest gives the zone that is most like the truth: a picture can show more
// than one, and things that look like one.
func nearest(zones []pipeline.ZoneReading, truth []string) (best pipeline.ZoneReading, ok bool) {
	least := 0
	for _, z := range zones {
		if d := errorsOf(z.Lines, truth); !ok || d < least {
			best, least, ok = z, d, true
		}
	}
	return best, ok
}

// errorsOf counts wrong characters. A line's end counts as a character, so
// that two lines run together are one mistake and not none.
func errorsOf(got, want []string) int {
	return measure.Distance(strings.Join(want, "\n"), strings.Join(got, "\n"))
}

// reading compares the zone that was read with the one that is printed.
func (c *caseScore) reading(z pipeline.ZoneReading, truth []string) {
	c.ReadFormat, c.Certain = z.Format, z.Certain
	c.Errors = errorsOf(z.Lines, truth)
	left := slices.Clone(z.Lines)
	for _, l := range truth {
		if i := slices.Index(left, l); i >= 0 {
			c.LinesExact++
			left = slices.Delete(left, i, i+1)
		}
	}
	parsed := mrz.Parse(z.Lines)
	c.Agree = parsed.Format != mrz.Unknown && len(refutedBy(z.Lines)) == 0
	c.guesses = guessesOf(z, truth)
	c.pitch, c.ratios = pitchOf(z), c.ratiosOf(z)
}

// pitchOf is the mean distance of the characters of the first line.
func pitchOf(z pipeline.ZoneReading) float64 {
	if len(z.Chars) == 0 || len(z.Chars[0]) < 2 {
		return 0
	}
	n := len(z.Chars[0]) - 1
	a, b := z.Chars[0][0].Box, z.Chars[0][n].Box
	middle := func(box [4]int, k int) float64 { return float64(box[k]) + float64(box[k+2])/2 }
	return math.Hypot(middle(b, 0)-middle(a, 0), middle(b, 1)-middle(a, 1)) / float64(n)
}

// ratiosOf lists the check digits that say something.
func (c *caseScore) ratiosOf(z pipeline.ZoneReading) (ratios []digitRatio) {
	for _, f := range z.Fields {
		i := slices.IndexFunc(digitChecks, func(d digitCheck) bool { return d.Field == f.Name })
		if i < 0 || f.CheckDigit == nil {
			continue
		}
		d := digitRatio{wrong: slices.Contains(c.Refuted, digitChecks[i].ID), misread: math.Inf(1)}
		switch {
		case f.CheckDigit.Doubt != nil:
			d.misread = f.CheckDigit.Doubt.Misread
		case f.CheckDigit.State != mrz.Verified:
			continue
		}
		ratios = append(ratios, d)
	}
	return ratios
}

// guessesOf pairs each character that was read with the printed one and tells
// whether it was right. A character that was passed over has no confidence and
// is no guess.
func guessesOf(z pipeline.ZoneReading, truth []string) []guess {
	want, got := strings.Join(truth, "\n"), strings.Join(z.Lines, "\n")
	right := make([]bool, len(got))
	for _, p := range measure.Align(want, got) {
		if p.Want >= 0 && p.Got >= 0 {
			right[p.Got] = want[p.Want] == got[p.Got]
		}
	}
	var gs []guess
	at := 0
	for i, line := range z.Lines {
		for j := range len(line) {
			if i < len(z.Chars) && j < len(z.Chars[i]) {
				mark := z.Chars[i][j]
				gs = append(gs, guess{measure.Guess{Confidence: mark.Confidence, Right: right[at]}, mark.Certain})
			}
			at++
		}
		at++ // the line's end
	}
	return gs
}

// digits compares what the checks of check digits say with what is printed. A
// Fail that a known deviation of the issuer explains is none.
func (c *caseScore) digits(findings []pipeline.Finding) {
	for _, d := range digitChecks {
		printedWrong := slices.Contains(c.Refuted, d.ID)
		called, right := false, false
		for _, f := range findings {
			called = called || f.Check == d.ID && f.Outcome == pipeline.Fail && f.Deviation == ""
			right = right || f.Check == d.ID && f.Outcome == pipeline.OK
		}
		switch {
		case called && !printedWrong:
			c.WrongFails = append(c.WrongFails, d.ID)
		case !called && right && printedWrong:
			c.Missed = append(c.Missed, d.ID)
		}
		if called {
			c.Called = append(c.Called, d.ID)
		}
	}
}

// detected tells whether a digit that is wrong in the print was called so.
func (c caseScore) detected() bool { return len(c.Called) > len(c.WrongFails) }

// classify names the outcome. The zone is the nearest; zero if there is none.
func (c *caseScore) classify(z pipeline.ZoneReading, truth []string) class {
	problem := string(c.Problem)
	switch {
	case c.Zones == 0 && c.Problem == pipeline.ProblemReaderSlow:
		return classTimedOut
	case c.Zones == 0 && strings.HasPrefix(problem, "reader_"):
		return classReaderFailed
	case c.Zones == 0 && strings.HasPrefix(problem, "file_"):
		return classNotRead
	}
	c.Problem = pipeline.ProblemNone // what else it says, the class says better
	switch {
	case len(truth) == 0 && c.Zones > 0:
		return classPhantom
	case len(truth) > 0 && c.Zones == 0:
		return classNone
	case slices.Equal(z.Lines, truth):
		return classExact
	case !sameShape(z.Lines, truth) || mrz.FormatOf(truth) != z.Format:
		return classOther
	}
	return classWrong
}

func sameShape(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return len(x) == len(y) })
}
