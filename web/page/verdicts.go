package page

import (
	"fmt"

	"touchstone.internal/pipeline"
)

// kindWords is how a kind of verdict is asked for and said.
type kindWords struct {
	Label, Means string
	// Found ends "A reviewer ..." or "Two reviewers ..."; of what is adverse, it
	// ends "... this document".
	Found string
}

// verdictKinds are the choices of the form, in its order.
//
//nolint:gochecknoglobals // a table, never written
var verdictKinds = []pipeline.VerdictKind{
	pipeline.KindNoSigns, pipeline.KindAltered, pipeline.KindCounterfeit, pipeline.KindWrongHolder, pipeline.KindObtained,
	pipeline.KindNotFraud, pipeline.KindCannotTell,
}

var kindTexts = map[pipeline.VerdictKind]kindWords{ //nolint:gochecknoglobals // a table, never written
	pipeline.KindNoSigns:     {"No signs of fraud found", "Nothing false was seen, at this level and on the checks that were possible", "found no signs of fraud"},
	pipeline.KindAltered:     {"Altered", "A real document that somebody changed (forged)", "was altered"},
	pipeline.KindCounterfeit: {"Counterfeit", "Made to look like a real document", "is counterfeit"},
	pipeline.KindWrongHolder: {"Real document, wrong holder", "Presented by somebody else than it was issued to", "was presented by somebody else than its holder"},
	pipeline.KindObtained:    {"Real document, obtained by deception", "The issuer was deceived, or a blank was stolen and filled in", "was obtained by deception"},
	pipeline.KindNotFraud:    {"Something else, and not fraud", "Expired, damaged, lost, a sample, or the issuer's own mistake", "found nothing false"},
	pipeline.KindCannotTell:  {"I cannot tell from this picture", "That is an answer too: an examiner looks at the original", "could not tell from this picture"},
}

var verdictTexts = map[pipeline.Verdict]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.DataAltered: "Printed data or the zone was changed", pipeline.PhotoSubstituted: "The photograph was replaced",
	pipeline.PageSubstituted: "A page was replaced or taken out", pipeline.FalseEndorsement: "A false stamp, visa or endorsement in a real book",
	pipeline.ChipTampered: "The chip was changed, copied or switched off",
	pipeline.Counterfeit:  "All of it was made from scratch", pipeline.Composite: "Parts of real documents and made parts together",
	pipeline.Fantasy: "No issuer of that name may issue it", pipeline.Camouflage: "Its issuer no longer exists", pipeline.Souvenir: "A souvenir or a novelty",
	pipeline.FalseSupporting: "A false supporting document, such as a birth certificate",
	pipeline.FraudulentlyGot: "The application was false", pipeline.StolenBlank: "A stolen blank was filled in",
	pipeline.Impostor:       "Presented by somebody else",
	pipeline.NoIrregularity: "No irregularity found", pipeline.Inconclusive: "An examiner must look at the original", pipeline.NotADocument: "The picture shows no document",
	pipeline.Expired: "It has expired", pipeline.Damaged: "It is damaged", pipeline.LostOrStolen: "It was reported lost or stolen; the holder may be the rightful one",
	pipeline.Specimen: "It is a sample", pipeline.KnownDeviation: "The issuer's own known mistake",
}

var confidences = map[pipeline.Confidence][2]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.Suspected: {"Suspected", "There are signs, and other explanations are likely too"},
	pipeline.Probable:  {"Probable", "Other explanations are unlikely"},
	pipeline.Confirmed: {"Confirmed", "Shown beyond the picture: by examination, chip, issuer or expert"},
}

var bases = map[pipeline.Basis]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.BasisImage: "The picture alone", pipeline.BasisPhysical: "Examination of the original", pipeline.BasisChip: "The chip",
	pipeline.BasisIssuer: "An answer of the issuer", pipeline.BasisStatement: "An expert's statement",
}

var levels = []string{"1: what anybody can see", "2: with simple equipment", "3: in a laboratory"} //nolint:gochecknoglobals // a table, never written

// agreement is the headline once a decision stands: who came to what.
func agreement(s Standing) string {
	words := kindTexts[s.Verdict.Kind()]
	who := "A reviewer"
	switch {
	case s.Agreed > 1:
		who = "Two reviewers"
	case s.Settled:
		who = "Another reviewer"
	}
	switch {
	case !s.Verdict.Adverse():
		return who + " " + words.Found
	case s.Agreed > 1:
		return who + " agree this document " + words.Found
	}
	return who + " found that this document " + words.Found
}

// verdictWords says a verdict with its code: "Printed data or the zone was
// changed (FG-BD)".
func verdictWords(v pipeline.Verdict) string { return fmt.Sprintf("%s (%s)", verdictTexts[v], v) }
