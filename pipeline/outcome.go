package pipeline

// Conclusion is what the machine may say of a document (layer 1 of the
// taxonomy). Everything beyond is said by people.
type Conclusion string

// The four conclusions.
const (
	NoIrregularityFound Conclusion = "no_irregularity_found"
	ReviewSuggested     Conclusion = "review_suggested"
	CouldNotCheck       Conclusion = "could_not_check"
	TechnicalFault      Conclusion = "technical_fault"
)

// Band is how strong the indication is that somebody should examine the
// document. It is no probability and is never shown as one.
type Band string

// The bands of ReviewSuggested.
const (
	Low    Band = "low"
	Medium Band = "medium"
	High   Band = "high"
)

// ScreeningOutcome is the machine's conclusion and how it came about.
type ScreeningOutcome struct {
	Conclusion Conclusion `json:"conclusion"`
	// Level is the inspection level that the checks reached, 1 for pictures
	// (Doc 9303-2, A.4); set with NoIrregularityFound.
	Level int `json:"level,omitempty"`
	// Band is set with ReviewSuggested.
	Band Band `json:"band,omitempty"`
	// Problem says why, with CouldNotCheck and TechnicalFault.
	Problem Problem `json:"problem,omitempty"`
	// Contributions add up to Total, in the order in which they matter.
	Contributions []Contribution `json:"contributions"`
	Total         float64        `json:"total"`
	// Calibrated is false as long as the weights are experts' opinion.
	Calibrated bool `json:"calibrated"`
}

// Contribution is the share of one finding in the total.
type Contribution struct {
	Finding int     `json:"finding"` // index into Report.Findings
	Check   string  `json:"check"`
	Group   string  `json:"group"`  // checks that share a cause
	Weight  float64 `json:"weight"` // of the rule table
	Share   float64 `json:"share"`  // what it adds here, after its group's discount
}
