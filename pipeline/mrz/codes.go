package mrz

import (
	"strings"
	"time"
)

// The days of the rules on document codes of passports and single-sheet
// emergency travel documents (Doc 9303-4, 4.4; Doc 9303-8, 4.1). The first two
// speak of the day of issue, which no zone gives; the last of the date of
// expiry, which every passport's does.
var (
	// CodesFollowListFrom: a second letter issued from here is one of the list.
	CodesFollowListFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a day of the standard, never written
	// CodesRequiredFrom: every document issued from here has a second letter.
	CodesRequiredFrom = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a day of the standard, never written
	// OtherCodesEndBefore: a document with another code expires before this day.
	OtherCodesEndBefore = time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a day of the standard, never written
)

// documentTypes are the codes that the standard gives a meaning: Doc 9303-4,
// 4.4; PU is of Doc 9303-8 and AC of Doc 9303-5, note k. All other second
// characters are at the issuer's discretion.
var documentTypes = map[string]string{ //nolint:gochecknoglobals // a table of the standard, never written
	"PP": "national passport", "PE": "emergency passport", "PD": "diplomatic passport", "PO": "official passport",
	"PR": "refugee passport", "PT": "alien's passport", "PS": "stateless person's passport", "PL": "laissez-passer",
	"PM": "military passport", "PU": "emergency travel document on a single sheet", "AC": "crew member certificate",
}

// DocumentType gives what a document code names; ok is false if the standard
// leaves that to the issuer.
func DocumentType(code string) (name string, ok bool) {
	name, ok = documentTypes[code]
	return name, ok
}

// CodeFault is what is wrong with a document code, as far as the zone can tell.
type CodeFault string

// The faults of document codes.
const (
	CodeFits     CodeFault = ""         // nothing, or there is no rule
	CodeLetter   CodeFault = "letter"   // the first letter is none of this format
	CodeSecond   CodeFault = "second"   // V never comes second (Doc 9303-5 and -6, note k)
	CodeOutdated CodeFault = "outdated" // not of the list, and expires when all must be
)

// firstLetters are those of document codes (Doc 9303-4 to -8).
var firstLetters = map[Format]string{TD1: "ACI", TD2: "ACIP", TD3: "P", MRVA: "V", MRVB: "V"} //nolint:gochecknoglobals // a table of the standard, never written

// JudgeCode tells whether a document code can stand in a format. Formats
// outside Doc 9303 have no rule. A zero time is a date of expiry that is not known.
func JudgeCode(f Format, code string, expires time.Time) CodeFault {
	firsts := firstLetters[f]
	switch {
	case firsts == "" || code == "":
		return CodeFits
	case !strings.Contains(firsts, code[:1]):
		return CodeLetter
	case f.card() && strings.HasPrefix(code[1:], "V"):
		return CodeSecond
	case code[0] == 'P' && !expires.Before(OtherCodesEndBefore) && !listed(f, code):
		return CodeOutdated
	}
	return CodeFits
}

// listed tells whether the list of Doc 9303-4, 4.4 has a code for the format.
func listed(f Format, code string) bool {
	_, ok := documentTypes[code]
	return ok && (code == "PU") == (f == TD2)
}

func (f Format) card() bool { return f == TD1 || f == TD2 }
