package main

import (
	"cmp"
	"maps"
	"slices"

	"touchstone.internal/pipeline/measure"
)

// evaluation is everything that was measured: what `evaluate --json` prints.
// All but Timing is the same for the same pictures, table and engine.
type evaluation struct {
	Set setJSON `json:"set"`
	// Reading is over the pictures with a zone. Only certain and wrong readings
	// and wrong fails are counted over all.
	Reading     figures         `json:"reading"`
	WithoutZone rate            `json:"left_alone"`
	NotRead     int             `json:"not_read"` // kinds of file that are not, and those beyond the limits; not exact
	Characters  certainJSON     `json:"characters_called_certain"`
	Digits      digitsJSON      `json:"check_digits"`
	Calibration calibrationJSON `json:"calibration"`
	Groups      []group         `json:"groups"`
	Curves      []curve         `json:"curves,omitempty"`
	Doubts      []doubt         `json:"doubts"` // rows of the table that do not fit
	Pictures    []caseScore     `json:"pictures"`
	Timing      timingJSON      `json:"timing"`
}

// setJSON says what was measured.
type setJSON struct {
	Kind     string `json:"kind"` // table or synthetic
	Engine   string `json:"engine,omitempty"`
	Seed     uint64 `json:"seed,omitempty"`
	Pictures int    `json:"pictures"` // that count
	Aside    int    `json:"set_aside"`
	Faults   int    `json:"faults_of_the_system"` // files that are not there, and the like
	Unlisted int    `json:"not_in_the_table"`     // pictures in the folder that nothing is known of
}

// rate is a share with its 95 % interval.
type rate struct {
	Count int      `json:"count"`
	Of    int      `json:"of"`
	Share *float64 `json:"share"` // null of nothing
	measure.Interval
}

func newRate(k, n int) rate {
	r := rate{Count: k, Of: n, Interval: measure.Wilson(k, n)}
	if n > 0 {
		s := float64(k) / float64(n)
		r.Share = &s
	}
	return r
}

// figures are the rates of some pictures with a zone.
type figures struct {
	Documents    rate `json:"documents_exact"`
	Lines        rate `json:"lines_exact"`
	Errors       rate `json:"character_errors"`          // a zone that was not found is wrong throughout
	ErrorsFound  rate `json:"character_errors_in_found"` // over the zones that were found
	Certain      rate `json:"certain"`
	CertainWrong rate `json:"certain_wrong"` // of the certain
	Agree        rate `json:"digits_agree"`
	AgreeWrong   rate `json:"digits_agree_wrong"` // of those: all digits agree, and a character is wrong
	WrongFails   rate `json:"wrong_fails"`        // pictures with a Fail of a digit that is right
}

// certainJSON tells how often characters that are relied upon are wrong.
type certainJSON struct {
	Certain rate `json:"certain"`
	Wrong   rate `json:"wrong"` // of the certain
}

// digitsJSON tells how well wrong check digits are told from right ones.
type digitsJSON struct {
	FalseAlarms rate `json:"false_alarms"` // pictures with a Fail, of those whose printed digits all hold
	Detected    rate `json:"detected"`     // pictures with a Fail of a digit printed wrong, of those that have one
	Called      rate `json:"called"`       // of the digits printed wrong
	LeftOpen    rate `json:"left_open"`
	Missed      rate `json:"missed"`       // found right
	RightCalled rate `json:"right_called"` // of the digits printed right: called wrong
	// Separation tells digits printed wrong from those printed right by the
	// likelihood ratio of a misreading; SeparationFine from FinePitch on.
	Separation     separation `json:"separation"`
	SeparationFine separation `json:"separation_fine"`
}

// separation is how well a score tells two kinds apart.
type separation struct {
	Wrong int      `json:"wrong"` // digits printed wrong, in the zones that were found
	Right int      `json:"right"`
	AUC   *float64 `json:"auc"` // nothing without both
}

// finePitch is the pitch in pixels from which a misreading must be told from a
// wrong print.
const finePitch = 10

// separate compares digits of a pitch and above.
func separate(cases []caseScore, pitch float64) separation {
	var wrong, right []float64
	for _, c := range cases {
		for _, d := range c.ratios {
			switch {
			case !c.scored() || c.pitch < pitch:
			case d.wrong:
				wrong = append(wrong, d.misread)
			default:
				right = append(right, d.misread)
			}
		}
	}
	s := separation{Wrong: len(wrong), Right: len(right)}
	if auc, ok := measure.AUC(wrong, right); ok {
		s.AUC = &auc
	}
	return s
}

// calibrationJSON compares confidence with accuracy, character by character.
type calibrationJSON struct {
	ECE  float64   `json:"expected_calibration_error"`
	Bins []binJSON `json:"bins"`
}

type binJSON struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	Confidence float64 `json:"mean_confidence"`
	Right      rate    `json:"right"`
}

// group is the figures of some of the pictures.
type group struct {
	By   string `json:"by"`
	Name string `json:"name"`
	figures
}

// doubt is something in the table that does not fit.
type doubt struct {
	Line int    `json:"line"`
	File string `json:"file"`
	What string `json:"what"`
}

// confidenceEdges lie close where nearly all confidences do, and at
// pipeline.CertainAt.
var confidenceEdges = []float64{0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.999, 1} //nolint:gochecknoglobals // a table, never written

// evaluate brings answers and truth together.
func evaluate(all []measured) evaluation {
	e := evaluation{Doubts: []doubt{}, Pictures: []caseScore{}}
	for _, m := range all {
		e.Pictures = append(e.Pictures, score(m))
		e.Set.Engine = cmp.Or(e.Set.Engine, m.Report.Engine)
		if d := m.Truth.doubt(); d != "" {
			e.Doubts = append(e.Doubts, doubt{m.Truth.Line, m.File, d})
		}
	}
	var zones, empty sums
	for _, c := range e.Pictures {
		switch {
		case c.Class == classFault:
			e.Set.Faults++
		case c.Aside:
			e.Set.Aside++
		case c.printed():
			zones.add(c)
		default:
			empty.add(c)
		}
	}
	both := zones.plus(empty)
	e.Set.Pictures, e.NotRead = both.pictures, both.notRead
	e.Reading, e.WithoutZone = zones.figures(), newRate(empty.exact, empty.pictures)
	e.Reading.CertainWrong, e.Reading.WrongFails = both.figures().CertainWrong, both.figures().WrongFails
	e.Digits = both.digitsJSON()
	e.Digits.Separation, e.Digits.SeparationFine = separate(e.Pictures, 0), separate(e.Pictures, finePitch)
	e.Groups = groupsOf(e.Pictures)
	e.Calibration, e.Characters = calibrate(e.Pictures)
	return e
}

// sums are what rates are made of.
type sums struct {
	pictures, exact, notRead      int
	lines, linesExact             int
	chars, errors                 int
	charsFound, errorsFound       int
	certain, certainWrong         int
	agree, agreeWrong, wrongFails int
	clean, falseAlarms            int // pictures
	faulty, detected              int // pictures
	refuted, called, missed       int // digits
	right, rightCalled            int // digits of zones that were found
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *sums) add(c caseScore) {
	exact := c.Class == classExact
	s.pictures++
	s.exact += one(exact)
	s.notRead += one(c.Class == classNotRead)
	s.lines += c.Lines
	s.linesExact += c.LinesExact
	s.chars += c.Characters
	s.errors += c.Errors
	if c.Zones > 0 {
		s.charsFound += c.Characters
		s.errorsFound += c.Errors
	}
	s.certain += one(c.Certain || c.CertainWrong)
	s.certainWrong += one(c.CertainWrong)
	s.agree += one(c.Agree)
	s.agreeWrong += one(c.Agree && !exact)
	s.wrongFails += one(len(c.WrongFails) > 0)
	for _, d := range c.ratios {
		s.right += one(!d.wrong)
	}
	s.rightCalled += len(c.WrongFails)
	if len(c.Refuted) == 0 {
		s.clean++
		s.falseAlarms += one(len(c.Called) > 0)
		return
	}
	s.faulty++
	s.detected += one(c.detected())
	s.refuted += len(c.Refuted)
	s.called += len(c.Called) - len(c.WrongFails)
	s.missed += len(c.Missed)
}

// plus adds pictures without a zone, of which only this counts: they can be
// misread for certain, and be told of digits that they do not have.
func (s sums) plus(t sums) sums {
	s.pictures += t.pictures
	s.notRead += t.notRead
	s.certain += t.certain
	s.certainWrong += t.certainWrong
	s.wrongFails += t.wrongFails
	s.clean += t.clean
	s.falseAlarms += t.falseAlarms
	return s
}

func (s sums) figures() figures {
	return figures{
		Documents: newRate(s.exact, s.pictures), Lines: newRate(s.linesExact, s.lines),
		Errors: newRate(s.errors, s.chars), ErrorsFound: newRate(s.errorsFound, s.charsFound),
		Certain: newRate(s.certain, s.pictures), CertainWrong: newRate(s.certainWrong, s.certain),
		Agree: newRate(s.agree, s.pictures), AgreeWrong: newRate(s.agreeWrong, s.agree),
		WrongFails: newRate(s.wrongFails, s.pictures),
	}
}

func (s sums) digitsJSON() digitsJSON {
	return digitsJSON{
		FalseAlarms: newRate(s.falseAlarms, s.clean), Detected: newRate(s.detected, s.faulty),
		Called: newRate(s.called, s.refuted), Missed: newRate(s.missed, s.refuted),
		LeftOpen: newRate(s.refuted-s.called-s.missed, s.refuted), RightCalled: newRate(s.rightCalled, s.right),
	}
}

// widthClasses are by the pixels that a whole picture has across: from a
// thumbnail on a web page to what a phone takes.
var widthClasses = []struct { //nolint:gochecknoglobals // a table, never written
	below int
	name  string
}{{450, "below 450 px"}, {800, "450 to 799 px"}, {1600, "800 to 1599 px"}, {1 << 30, "1600 px and more"}}

func widthClass(w int) (rank int, name string) {
	for i, c := range widthClasses {
		if w > 0 && w < c.below {
			return i, c.name
		}
	}
	return len(widthClasses), "not known"
}

// groupKey orders groups: by what, then by rank, then by name.
type groupKey struct {
	by   string
	rank int
	name string
}

// keysOf gives the groups that a picture belongs to. One with two tags counts
// under both.
func keysOf(c caseScore) []groupKey {
	rank, width := widthClass(c.Width)
	keys := []groupKey{{"format", 0, c.Format}, {"width", rank, width}, {"capture", 0, c.Capture}}
	if c.Settings != nil {
		rank := len(axes) // all of them together come last
		if i := slices.IndexFunc(axes, func(a axis) bool { return a.Name == c.Settings.Sweep }); i >= 0 {
			rank = i
		}
		return append(keys, groupKey{"sweep", rank, c.Settings.Sweep})
	}
	for _, t := range c.Tags {
		keys = append(keys, groupKey{"tag", 0, t})
	}
	if len(c.Tags) == 0 {
		keys = append(keys, groupKey{"tag", 1, "(none)"})
	}
	return keys
}

// groupsOf gives the figures of every group of the pictures that have a zone.
func groupsOf(cases []caseScore) []group {
	found := map[groupKey]sums{}
	for _, c := range cases {
		if !c.scored() || !c.printed() {
			continue
		}
		for _, k := range keysOf(c) {
			s := found[k]
			s.add(c)
			found[k] = s
		}
	}
	order := []string{"format", "width", "capture", "tag", "sweep"}
	keys := slices.SortedFunc(maps.Keys(found), func(a, b groupKey) int {
		by := cmp.Compare(slices.Index(order, a.by), slices.Index(order, b.by))
		return cmp.Or(by, cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name))
	})
	groups := make([]group, len(keys))
	for i, k := range keys {
		groups[i] = group{k.by, k.name, found[k].figures()}
	}
	return groups
}

// calibrate compares the confidence of every character that was read with
// whether it was right.
func calibrate(cases []caseScore) (calibrationJSON, certainJSON) {
	var all []measure.Guess
	certain, wrong := 0, 0
	for _, c := range cases {
		if !c.scored() {
			continue
		}
		for _, g := range c.guesses {
			all = append(all, g.Guess)
			certain += one(g.Certain)
			wrong += one(g.Certain && !g.Right)
		}
	}
	bins := measure.Reliability(all, confidenceEdges)
	k := calibrationJSON{ECE: measure.ECE(bins), Bins: make([]binJSON, len(bins))}
	for i, b := range bins {
		k.Bins[i] = binJSON{b.From, b.To, b.Confidence(), newRate(b.Right, b.Count)}
	}
	return k, certainJSON{newRate(certain, len(all)), newRate(wrong, certain)}
}
