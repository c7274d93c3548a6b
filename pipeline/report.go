package pipeline

import "touchstone.internal/pipeline/mrz"

// Report is what screening one document gave. It is written once, holds no
// time and no chance, and is byte for byte the same for the same original,
// date, capture class, engine and rule set.
type Report struct {
	Digest   Digest           `json:"sha256"`
	Engine   string           `json:"engine"`   // versions of everything that can change an answer
	RuleSet  string           `json:"rule_set"` // hash of the rule table
	AsOf     string           `json:"as_of"`    // the day against which dates were judged, YYYY-MM-DD
	Capture  CaptureClass     `json:"capture"`
	Pages    []PageReading    `json:"pages"`
	Findings []Finding        `json:"findings"`
	Outcome  ScreeningOutcome `json:"outcome"`
}

// Zones gives the readings of all zones of all pages.
func (r Report) Zones() []ZoneReading {
	var zs []ZoneReading
	for _, p := range r.Pages {
		zs = append(zs, p.Zones...)
	}
	return zs
}

// PageReading is what was seen of one page, without its pixels.
type PageReading struct {
	Width       int           `json:"width"` // pixels of the original as stored
	Height      int           `json:"height"`
	Orientation Orientation   `json:"orientation"`
	Zones       []ZoneReading `json:"zones"`
}

// ZoneReading is one machine readable zone as it was read.
type ZoneReading struct {
	Format  mrz.Format     `json:"format"`
	Lines   []string       `json:"lines"`   // as printed, unrepaired
	Certain bool           `json:"certain"` // every character sure enough to rely on
	Box     Box            `json:"box"`
	Chars   [][]CharMark   `json:"chars"` // one row a line
	Fields  []FieldReading `json:"fields"`
}

// CharMark is the evidence for one character.
type CharMark struct {
	Box        [4]int  `json:"box"` // x, y, width, height
	Confidence float64 `json:"confidence"`
	RunnerUp   string  `json:"runner_up,omitempty"`
	Certain    bool    `json:"certain"`
}

// FieldReading is one field of a zone.
type FieldReading struct {
	Name    mrz.FieldName `json:"name"`
	Raw     string        `json:"raw"`   // as printed, with fillers
	Value   string        `json:"value"` // for people: fillers gone, dates as YYYY-MM-DD where they are dates
	Box     Box           `json:"box"`
	Certain bool          `json:"certain"`
	// CheckDigit is what the check digit says of the field.
	CheckDigit *CheckDigitReading `json:"check_digit,omitempty"`
}

// CheckDigitReading is a printed check digit beside the computed one.
type CheckDigitReading struct {
	Printed  string         `json:"printed"`
	Computed string         `json:"computed"`
	State    mrz.DigitState `json:"state"`
	// Doubt weighs a refuted digit; nil of any other.
	Doubt *DoubtReading `json:"doubt,omitempty"`
}

// DoubtReading is a Doubt as it is reported.
type DoubtReading struct {
	Misread float64         `json:"misread_ratio"` // likelihood of a misreading over that of a wrong print
	Changes []ChangeReading `json:"changes"`       // to the likeliest reading with which the digit agrees
}

// ChangeReading is a Change as it is reported; line and column count from 0.
type ChangeReading struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	To     string `json:"to"`
}
