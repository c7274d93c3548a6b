package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// RuleTable turns findings into an indication. It is data: what a check found
// and how the picture was taken are the only things that it can weigh.
type RuleTable struct {
	Version string `json:"version"`
	Rules   []Rule `json:"rules"`
	// RestPercent is how much of each further finding of a group counts beside
	// its strongest: findings of one cause are not counted twice.
	RestPercent int `json:"rest_percent"`
	// Ceiling is where the total is cut off, in thousandths.
	Ceiling int `json:"ceiling"`
	// MediumFrom and HighFrom are the totals, in thousandths, at which the
	// bands begin. They follow from what reviewers can look at.
	MediumFrom int `json:"medium_from"`
	HighFrom   int `json:"high_from"`
	// Calibrated is false as long as the weights are experts' opinion.
	Calibrated bool `json:"calibrated"`
}

// Rule is the weight of a Fail of one check, at the check's own severity.
type Rule struct {
	Check    string   `json:"check"`
	Group    string   `json:"group"` // checks that share a cause
	Severity Severity `json:"severity"`
	// Weights are signed thousandths by capture class. A class that is not
	// there weighs like a copy, of which least can be claimed.
	Weights map[CaptureClass]int `json:"weights"`
}

// Hash names the table by its content: 64 lower case hexadecimal digits.
func (t RuleTable) Hash() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic("a rule table is plain data: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rule finds the rule of a check.
func (t RuleTable) rule(check string) (r Rule, ok bool) {
	for _, r := range t.Rules {
		if r.Check == check {
			return r, true
		}
	}
	return Rule{}, false
}

// weight gives what a Fail of a severity weighs: half for each step below the
// rule's own, nothing at S0.
func (r Rule) weight(s Severity, c CaptureClass) int {
	if s == S0 {
		return 0
	}
	w, ok := r.Weights[c]
	if !ok {
		w = r.Weights[CaptureCopy]
	}
	for ; s < r.Severity; s++ {
		w /= 2
	}
	return w
}

// byCapture gives the weights for a copy, a photograph and a scan. The picture
// of a reader or an instrument is looked at like a scan.
func byCapture(copied, photo, scan int) map[CaptureClass]int {
	return map[CaptureClass]int{
		CaptureCopy: copied, CapturePhoto: photo, CaptureScanner: scan,
		CaptureReader: scan, CaptureChip: scan, CaptureExaminer: scan,
	}
}

// Rules is the rule table in force. All weights are experts' opinion: a
// moderate finding on a photograph alone gives a medium band, a weak one a low
// band, an unlisted State a high one. Checks of S0 have no weight, and so no
// rule.
var Rules = RuleTable{ //nolint:gochecknoglobals // a table, never written
	Version: "5",
	Rules: []Rule{
		{"DOC-04", "codes", S3, byCapture(2400, 3200, 4000)},
		{"DOC-05", "codes", S3, byCapture(2400, 3200, 4000)},
		{"IMG-03", "picture file", S2, byCapture(1600, 1600, 2000)},
		{"MRZ-02", "syntax", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-03", "check digits", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-04", "check digits", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-05", "check digits", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-06", "check digits", S1, byCapture(400, 600, 800)},
		{"MRZ-07", "check digits", S2, byCapture(800, 1100, 1400)},
		{"MRZ-08", "check digits", S3, byCapture(2400, 3200, 4000)},
		{"MRZ-09", "document code", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-10", "dates", S2, byCapture(1200, 1600, 2000)},
		{"MRZ-12", "codes", S1, byCapture(300, 450, 600)},
		{"MRZ-13", "print", S2, byCapture(800, 1200, 2000)},
		{"VIZ-01", "agreement", S3, byCapture(2400, 3200, 4000)},
	},
	RestPercent: 25,
	Ceiling:     10_000,
	MediumFrom:  1500,
	HighFrom:    3000,
}
