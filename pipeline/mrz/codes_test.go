package mrz

import (
	"testing"
	"time"
)

func TestJudgeCode(t *testing.T) {
	var unknown time.Time
	before, after := OtherCodesEndBefore.AddDate(0, 0, -1), OtherCodesEndBefore
	for name, tt := range map[string]struct {
		format  Format
		code    string
		expires time.Time
		want    CodeFault
	}{
		"passport of the list":              {TD3, "PP", after, CodeFits},
		"P alone, for as long as it may":    {TD3, "P", before, CodeFits},
		"P alone, too long":                 {TD3, "P", after, CodeOutdated},
		"P alone, no date":                  {TD3, "P", unknown, CodeFits},
		"letter of the issuer's, in time":   {TD3, "PC", before, CodeFits},
		"letter of the issuer's, too long":  {TD3, "PC", after, CodeOutdated},
		"single sheet in a booklet":         {TD3, "PU", after, CodeOutdated},
		"single sheet":                      {TD2, "PU", after, CodeFits},
		"passport on a single sheet":        {TD2, "PP", after, CodeOutdated},
		"card in a booklet":                 {TD3, "I", before, CodeLetter},
		"passport on a small card":          {TD1, "PP", before, CodeLetter},
		"residence permit outside the rule": {TD1, "RP", before, CodeLetter},
		"card":                              {TD1, "ID", after, CodeFits},
		"numbered card":                     {TD1, "C1", after, CodeFits},
		"crew member":                       {TD1, "AC", after, CodeFits},
		"V second":                          {TD2, "IV", after, CodeSecond},
		"visa":                              {MRVA, "VV", after, CodeFits},
		"French licence":                    {FRDL, "D1", after, CodeFits},
		"nothing there":                     {TD3, "", after, CodeFits},
	} {
		t.Run(name, func(t *testing.T) {
			if got := JudgeCode(tt.format, tt.code, tt.expires); got != tt.want {
				t.Errorf("JudgeCode(%s, %q) = %q; want %q", tt.format, tt.code, got, tt.want)
			}
		})
	}
}

func TestDocumentType(t *testing.T) {
	if name, ok := DocumentType("PD"); !ok || name != "diplomatic passport" {
		t.Errorf("PD is %q, %v", name, ok)
	}
	if _, ok := DocumentType("ID"); ok {
		t.Error("the second letter of a card is the issuer's")
	}
}

func TestYears(t *testing.T) {
	for code, want := range map[string][2]int{"SSD": {2011, 0}, "ANT": {0, 2010}, "D<<": {0, 0}, "UTO": {0, 0}} {
		if since, until := Years(code); since != want[0] || until != want[1] {
			t.Errorf("Years(%q) = %d, %d; want %v", code, since, until, want)
		}
	}
	for code := range years {
		if !StandingOf(code).Lawful() {
			t.Errorf("%s has years and is not on the list", code)
		}
	}
}
