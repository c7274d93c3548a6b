package mrz

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProtection(t *testing.T) {
	const passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	number, birth := []FieldName{DocumentNumber, Composite}, []FieldName{DateOfBirth, Composite}
	for name, tt := range map[string]struct {
		lines        string
		line, column int
		want         Protection
	}{
		"name":                   {passport, 0, 6, Protection{State: NotPrinted}},
		"nationality":            {passport, 1, 10, Protection{State: NotPrinted}},
		"outside":                {passport, 1, 44, Protection{State: NotPrinted}},
		"no such line":           {passport, 2, 0, Protection{State: NotPrinted}},
		"no zone":                {"HELLO", 0, 0, Protection{State: NotPrinted}},
		"number: 8 and S":        {passport, 1, 1, Protection{Verified, number, "IS"}},
		"number: C":              {passport, 1, 7, Protection{Verified, number, "2MW"}},
		"check digit":            {passport, 1, 9, Protection{Verified, number, ""}},
		"date: no letter passes": {passport, 1, 13, Protection{Verified, birth, ""}},
		"date: 0 and filler":     {passport, 1, 15, Protection{Verified, birth, "<"}},
		"composite digit":        {passport, 1, 43, Protection{Verified, []FieldName{Composite}, ""}},
		"wrong date":             {strings.Replace(passport, "7408122", "7408132", 1), 1, 14, Protection{Refuted, birth, ""}},
		"optional data of a card": {
			"I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", 1, 20,
			Protection{Verified, []FieldName{Composite}, "0AKU"},
		},
		"optional data of a visa": {
			"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|L8988901C4XXX4009078F9612109<<<<<<<<", 1, 30, Protection{State: NotPrinted},
		},
		"rest of a long number": {full, 0, 20, Protection{Verified, number, "5PZ"}},
		"State of a French driving licence": {
			"D1FRA13AA000026181231MARTIN<<9", 0, 2, Protection{Verified, number, "PZ"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := Parse(strings.Split(tt.lines, "|"))
			if d := cmp.Diff(tt.want, z.Protection(tt.line, tt.column)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
