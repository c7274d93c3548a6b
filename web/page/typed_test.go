package page

import (
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/mrz"
)

func TestRuler(t *testing.T) {
	for n, want := range map[int]string{
		9:  "1",
		30: "1       10        20        30",
		36: "1       10        20        30",
		44: "1       10        20        30        40",
	} {
		if got := ruler(n); got != want {
			t.Errorf("ruler(%d) = %q; want %q", n, got, want)
		}
	}
}

// TestTypedOf: of every format the lines come back whole, and what no check
// digit covers is named once in the lines and once in words.
func TestTypedOf(t *testing.T) {
	for name, tt := range map[string]struct {
		format    mrz.Format
		lines     string
		uncovered []string
	}{
		"passport": {mrz.TD3, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", []string{
			"Line 1, positions 1 to 44: document code, issuing State, name", "Line 2, positions 11 to 13: nationality", "Line 2, position 21: sex",
		}},
		"card": {mrz.TD1, "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nERIKSSON<<ANNA<MARIA<<<<<<<<<<", []string{
			"Line 1, positions 1 to 5: document code, issuing State", "Line 2, position 8: sex", "Line 2, positions 16 to 18: nationality", "Line 3, positions 1 to 30: name",
		}},
		"visa": {mrz.MRVB, "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<", []string{
			"Line 1, positions 1 to 36: document code, issuing State, name", "Line 2, positions 11 to 13: nationality", "Line 2, position 21: sex", "Line 2, positions 29 to 36: optional data",
		}},
		"French card": {mrz.FRID, "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n9409923102854CORINNE<<<<<<<6512068F6", nil},
		"licence":     {mrz.FRDL, "D1FRA13AA000026310225BERTHIER<", nil},
		"Swiss licence": {mrz.CHDL, "FACA0D001\nFACHE123456789012<<740812<<<<<\nERIKSSON<<ANNA<<<<<<<<<<<<<<<<", []string{
			"Line 1, positions 1 to 9: document number", "Line 2, positions 1 to 30: document code, issuing State, optional data, date of birth", "Line 3, positions 1 to 30: name",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := typedOf(typedExample(tt.lines).Zone)
			var lines, names []string
			for _, row := range got.Rows {
				line := ""
				for _, run := range row.Runs {
					line += run.Text
					if run.Name != "" {
						names = append(names, run.Name)
					}
				}
				lines = append(lines, line)
			}
			if got.Format != tt.format || got.Kind == "" || strings.Join(lines, "\n") != tt.lines {
				t.Errorf("a %s (%s) of %q", got.Format, got.Kind, lines)
			}
			if !slices.Equal(got.Uncovered, tt.uncovered) || len(names) != len(tt.uncovered) {
				t.Errorf("not covered are %q, named %q; want %q", got.Uncovered, names, tt.uncovered)
			}
			if got.Covered != (tt.format != mrz.CHDL) {
				t.Errorf("covered: %v", got.Covered)
			}
		})
	}
}

// TestUnseen: exchanges as a field says them.
func TestUnseen(t *testing.T) {
	got := map[mrz.FieldName]typedField{}
	for _, c := range typedOf(typedExample("I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nERIKSSON<<ANNA<MARIA<<<<<<<<<<").Zone).Cells {
		got[c.Name] = c
	}
	for name, want := range map[mrz.FieldName]string{
		mrz.NameOfHolder:   "Any exchange: no check digit covers it",
		mrz.DateOfBirth:    "0 for <",
		mrz.OptionalData2:  "< for 0, A, K or U",
		mrz.DocumentNumber: "D for 3, N or X; 2 for C, M or W; 3 for D, N or X; 1 for B, L or V; 4 for E, O or Y; 5 for F, P or Z; 8 for I or S; 9 for J or T; 0 for <, A, K or U; 7 for H or R",
		mrz.Composite:      "",
	} {
		if got[name].Unseen != want {
			t.Errorf("%s: %q; want %q", name, got[name].Unseen, want)
		}
	}
	if !got[mrz.OptionalData2].Overall || got[mrz.DocumentNumber].Overall || got[mrz.NameOfHolder].Overall {
		t.Error("the wrong fields are covered by the overall check digit alone")
	}
}
