package main

import (
	"encoding/json"
	"strings"
	"testing"

	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/mrz"
)

// The sample passport of Doc 9303-4, appendix B.
const (
	upperLine = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	lowerLine = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
)

func TestMRZ(t *testing.T) {
	wrong := strings.Replace(lowerLine, "7408122", "7408123", 1)
	for name, tt := range map[string]struct {
		in   string
		args []string
		code int
		says []string
	}{
		"two arguments":       {"", []string{upperLine, lowerLine}, exitOK, []string{"TD3, everything agrees", "1974-08-12", "✓ document number", "check digit 6", "samples only"}},
		"joined":              {"", []string{upperLine + "|" + lowerLine}, exitOK, []string{"TD3, everything agrees"}},
		"one line":            {"", []string{upperLine + lowerLine}, exitOK, []string{"one line parted"}},
		"standard input":      {upperLine + "\r\n" + lowerLine + "\n", []string{"-"}, exitOK, []string{"TD3, everything agrees"}},
		"lower case, spaces":  {strings.ToLower(upperLine) + "\n" + lowerLine[:10] + " " + lowerLine[10:], []string{"-"}, exitOK, []string{"lower case raised, spaces left out"}},
		"other fillers":       {strings.ReplaceAll(upperLine, "<<", "«") + "\n" + lowerLine, []string{"-"}, exitOK, []string{"« read as <<"}},
		"wrong digit":         {"", []string{upperLine, wrong}, exitReview, []string{"something does not agree", "✗ date of birth", "check digit 3, computed 2", "check digit 3 is printed, 2 is computed"}},
		"digit in a name":     {"", []string{strings.Replace(upperLine, "ERIKSSON", "ERIKS5ON", 1), lowerLine}, exitReview, []string{"name: 5 cannot be character 6"}},
		"no such character":   {"", []string{strings.Replace(upperLine, "ERIKSSON", "ERIKSSÖN", 1), lowerLine}, exitReview, []string{"? for a character that no zone has", "name: ? cannot be character 7"}},
		"no day":              {"", []string{"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO1102298F1204159<<<<<<<0"}, exitReview, []string{"110229 is no day of the calendar"}},
		"no State":            {"", []string{strings.Replace(upperLine, "UTO", "UTP", 1), lowerLine}, exitReview, []string{"issuing State: UTP is not on the international list"}},
		"code of a visa":      {"", []string{"I" + upperLine[1:], lowerLine}, exitReview, []string{"document code: I cannot stand on a TD3"}},
		"code with a meaning": {"", []string{"PD" + upperLine[2:], lowerLine}, exitOK, []string{"diplomatic passport"}},
		"two centuries":       {"", []string{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|L8988901C4XXX1009078F3012109<<<<<<<<", "--as-of", "2026-11-24"}, exitReview, []string{"2010-09-07 or 1910-09-07", "fits two centuries"}},
		"long number":         {"", []string{"I<UTOD23145890<7349<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|ERIKSSON<<ANNA<MARIA<<<<<<<<<<"}, exitOK, []string{"D23145890734", "continues in the optional data"}},
		"unprotected":         {"", []string{upperLine, lowerLine}, exitOK, []string{"  " + strings.Repeat("·", 44) + "\n", "\n            ···       ·\n"}},
		"unknown format":      {"", []string{upperLine, lowerLine + "<"}, exitReview, []string{"No known format", "lines of 44 and 45"}},
		"nothing":             {"\n", []string{"-"}, exitProblem, []string{"there is no text"}},
		"no argument":         {"", nil, exitProblem, []string{"<text>"}},
		"day that is none":    {"", []string{"--as-of", "soon", upperLine, lowerLine}, exitProblem, []string{"2026-11-24"}},
		"help":                {"", []string{"--help"}, exitOK, []string{"something does not agree, or the lines have no known format"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := touchstone(t, strings.NewReader(tt.in), append([]string{"mrz"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("exit %d; want %d", code, tt.code)
			}
			for _, s := range tt.says {
				if !strings.Contains(out+err, s) {
					t.Errorf("does not say %q:\n%s%s", s, out, err)
				}
			}
		})
	}
}

func TestMRZInJSON(t *testing.T) {
	wrong := strings.Replace(lowerLine, "7408122", "740K123", 1)
	code, out, _ := touchstone(t, nil, "mrz", "--json", upperLine, wrong)
	var e explain.Explanation
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	if code != exitReview || e.Agrees || e.Format != mrz.TD3 || len(e.Fields) != 10 || len(e.Characters) != 2 || len(e.Characters[1]) != 44 {
		t.Errorf("exit %d, %s", code, out)
	}
	birth := e.Fields[5]
	if birth.Name != mrz.DateOfBirth || birth.Raw != "740K12" || len(birth.Faults) != 1 || birth.Faults[0] != 4 || birth.CheckDigit.State != mrz.Refuted {
		t.Errorf("date of birth %+v", birth)
	}
	if c := e.Characters[1][1]; c.Character != "8" || c.State != mrz.Verified || c.Blind != "IS" || len(c.By) != 2 {
		t.Errorf("second character of the number %+v", c)
	}
	code, out, _ = touchstone(t, nil, "mrz", "--json", "HELLO")
	if code != exitReview || !strings.Contains(out, `"fields":[]`) || !strings.Contains(out, `"format":""`) {
		t.Errorf("no zone: exit %d, %s", code, out)
	}
}
