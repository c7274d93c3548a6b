package pipeline

import (
	"errors"
	"slices"
)

// Verdict is what a person finds a document to be (layer 2 of the taxonomy).
// The codes are those of the examination community; Kind puts them in the six
// groups that screens ask for first.
type Verdict string

// The verdicts.
const (
	Counterfeit      Verdict = "CF"    // made from scratch
	Composite        Verdict = "CF-P"  // genuine and counterfeit parts
	PhotoSubstituted Verdict = "FG-PH" // the portrait was replaced
	DataAltered      Verdict = "FG-BD" // printed data or the zone was changed
	PageSubstituted  Verdict = "FG-PG" // a page was replaced or taken out
	FalseEndorsement Verdict = "FG-EN" // false stamp, visa or endorsement in a genuine book
	ChipTampered     Verdict = "FG-CH"
	StolenBlank      Verdict = "BS"   // genuine blank, unlawfully completed
	FraudulentlyGot  Verdict = "FOG"  // fraudulently obtained genuine document
	Impostor         Verdict = "IMP"  // genuine, presented by somebody else
	Fantasy          Verdict = "PS-F" // no issuer of that name is competent
	Camouflage       Verdict = "PS-C" // of an issuer that no longer exists
	Souvenir         Verdict = "PS-S"
	FalseSupporting  Verdict = "SUP" // false supporting document, such as a birth certificate
	LostOrStolen     Verdict = "INV-L"
	Expired          Verdict = "INV-E"
	Damaged          Verdict = "INV-D"
	Specimen         Verdict = "SPC"
	KnownDeviation   Verdict = "DEV" // the issuer's own known mistake
	NoIrregularity   Verdict = "GEN" // at the level and on the checks that were possible
	Inconclusive     Verdict = "INC"
	NotADocument     Verdict = "NAD"
)

// VerdictKind is what a verdict comes down to.
type VerdictKind string

// The kinds, as screens ask for them.
const (
	KindAltered     VerdictKind = "altered"
	KindCounterfeit VerdictKind = "counterfeit"
	KindObtained    VerdictKind = "obtained"     // a real document, obtained by deception
	KindWrongHolder VerdictKind = "wrong_holder" // a real document, presented by somebody else
	KindNotFraud    VerdictKind = "not_fraud"    // expired, damaged, lost, a specimen: nothing false
	KindNoSigns     VerdictKind = "no_signs"
	KindCannotTell  VerdictKind = "cannot_tell"
)

// verdicts holds the kind of each verdict, in the order in which screens show
// them.
var verdicts = []struct { //nolint:gochecknoglobals // a table, never written
	verdict Verdict
	kind    VerdictKind
}{
	{DataAltered, KindAltered},
	{PhotoSubstituted, KindAltered},
	{PageSubstituted, KindAltered},
	{FalseEndorsement, KindAltered},
	{ChipTampered, KindAltered},
	{Counterfeit, KindCounterfeit},
	{Composite, KindCounterfeit},
	{Fantasy, KindCounterfeit},
	{Camouflage, KindCounterfeit},
	{Souvenir, KindCounterfeit},
	{FalseSupporting, KindCounterfeit},
	{FraudulentlyGot, KindObtained},
	{StolenBlank, KindObtained},
	{Impostor, KindWrongHolder},
	{NoIrregularity, KindNoSigns},
	{Inconclusive, KindCannotTell},
	{NotADocument, KindCannotTell},
	{Expired, KindNotFraud},
	{Damaged, KindNotFraud},
	{LostOrStolen, KindNotFraud},
	{Specimen, KindNotFraud},
	{KnownDeviation, KindNotFraud},
}

// Verdicts are the verdicts of a kind, the commonest first.
func (k VerdictKind) Verdicts() (out []Verdict) {
	for _, v := range verdicts {
		if v.kind == k {
			out = append(out, v.verdict)
		}
	}
	return out
}

// Kind is what the verdict comes down to; empty if there is no such verdict.
func (v Verdict) Kind() VerdictKind {
	for _, known := range verdicts {
		if known.verdict == v {
			return known.kind
		}
	}
	return ""
}

var adverse = []VerdictKind{KindAltered, KindCounterfeit, KindObtained, KindWrongHolder} //nolint:gochecknoglobals // a table, never written

// Adverse tells whether the verdict says that the document is false or falsely
// used, so that a second person must come to it too.
func (v Verdict) Adverse() bool {
	return slices.Contains(adverse, v.Kind())
}

// Confidence is how sure a person is of a verdict.
type Confidence string

// The degrees.
const (
	Suspected Confidence = "suspected"
	Probable  Confidence = "probable"
	Confirmed Confidence = "confirmed"
)

// Basis is what a verdict rests on.
type Basis string

// The bases.
const (
	BasisImage     Basis = "image_only"
	BasisPhysical  Basis = "physical_examination"
	BasisChip      Basis = "chip"
	BasisIssuer    Basis = "issuer_reply"
	BasisStatement Basis = "expert_statement"
)

// Confidences and Bases are the choices of a form, in order.
var (
	Confidences = []Confidence{Suspected, Probable, Confirmed}                               //nolint:gochecknoglobals // a table
	Bases       = []Basis{BasisImage, BasisPhysical, BasisChip, BasisIssuer, BasisStatement} //nolint:gochecknoglobals // a table
)

// SeenOtherwise stands among the findings of a judgement for what no check found.
const SeenOtherwise = "other"

// MaxReason is the length of the reason, in characters.
const MaxReason = 1000

// Judgement is what a person says of a document.
type Judgement struct {
	Verdict    Verdict    `json:"verdict"`
	Confidence Confidence `json:"confidence"`
	Level      int        `json:"level"` // of inspection, 1 to 3 (Doc 9303-2, A.4)
	Basis      Basis      `json:"basis"`
	// Findings are the checks relied on, and SeenOtherwise.
	Findings []string `json:"findings"`
	// Reason is what was seen, of the document and not of the person.
	Reason string `json:"reason"`
}

// JudgementError says what is wrong with a judgement, by the field that it is
// wrong in.
type JudgementError struct{ Field, Text string }

// Error is the sentence beside the field.
func (e JudgementError) Error() string { return e.Text }

// Check tells everything that is wrong with a judgement of a document that the
// machine concluded this of.
func (j Judgement) Check(machine Conclusion) (errs []JudgementError) {
	wrong := func(field, text string) { errs = append(errs, JudgementError{field, text}) }
	if j.Verdict.Kind() == "" {
		wrong("verdict", "Select what you think this document is")
	}
	if !slices.Contains(Confidences, j.Confidence) {
		wrong("confidence", "Select how sure you are")
	}
	if !slices.Contains(Bases, j.Basis) {
		wrong("basis", "Select what your decision is based on")
	}
	if j.Level < 1 || j.Level > 3 {
		wrong("level", "Select the level of inspection")
	}
	if j.Confidence == Confirmed && j.Basis == BasisImage {
		wrong("confidence", "A decision on images alone cannot be confirmed. Select suspected or probable, or another basis")
	}
	if k := j.Verdict.Kind(); (k == KindObtained || k == KindWrongHolder) && j.Basis == BasisImage {
		wrong("basis", "A real document that was obtained by deception or used by somebody else cannot be told by images alone. Select another basis")
	}
	if j.Verdict.Adverse() && len(j.Findings) == 0 {
		wrong("findings", "Select at least one finding you relied on, or 'Something the checks did not find'")
	}
	if j.Reason == "" && j.needsReason(machine) {
		wrong("reason", "Describe what you saw")
	}
	if len([]rune(j.Reason)) > MaxReason {
		wrong("reason", "Description must be 1,000 characters or less")
	}
	return errs
}

// needsReason: what is adverse, or goes against the machine, is explained.
func (j Judgement) needsReason(machine Conclusion) bool {
	return j.Verdict.Adverse() || machine == ReviewSuggested && j.Verdict.Kind() == KindNoSigns
}

// ErrOwnWork says that somebody would judge their own upload or their own
// decision.
var ErrOwnWork = errors.New("the same person has had a part in this")
