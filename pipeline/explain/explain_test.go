package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"touchstone.internal/pipeline/mrz"
)

// The sample passport of Doc 9303-4, appendix B.
const (
	upperLine = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	lowerLine = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
)

var asOf = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)

// wide gives a text in full-width characters.
func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

// TestRead: what is meant for a zone becomes one, and every change is said.
func TestRead(t *testing.T) {
	const long = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
	passport := []string{upperLine, lowerLine}
	for name, tt := range map[string]struct {
		typed   string
		lines   []string
		changes []string
	}{
		"as printed":         {upperLine + "\r\n" + lowerLine + "\r\n", passport, nil},
		"joined":             {upperLine + "|" + lowerLine, passport, nil},
		"lower case":         {strings.ToLower(upperLine) + "\n" + lowerLine, passport, []string{"lower case raised"}},
		"spaces":             {"  " + upperLine + "\n" + lowerLine[:9] + " " + lowerLine[9:] + "\u00a0", passport, []string{"spaces left out"}},
		"no line break":      {upperLine + lowerLine, passport, []string{"one line parted"}},
		"no line breaks":     {long, []string{long[:30], long[30:60], long[60:]}, []string{"one line parted"}},
		"quotation marks":    {strings.ReplaceAll(upperLine, "<<", "«") + "\n" + strings.ReplaceAll(lowerLine, "<", "‹"), passport, []string{"« read as <<", "‹ read as <"}},
		"full-width fillers": {strings.ReplaceAll(upperLine, "<", "＜") + "\n" + lowerLine, passport, []string{"＜ read as <"}},
		"full-width":         {wide(upperLine) + "\n" + wide(strings.ToLower(lowerLine)), passport, []string{"full-width characters read as plain ones", "＜ read as <", "lower case raised"}},
		"brackets":           {strings.ReplaceAll(upperLine, "<<", "≪") + "\n" + strings.ReplaceAll(lowerLine, "<", "〈"), passport, []string{"≪ read as <<", "〈 read as <"}},
		"invisible":          {"\ufeff\u202e" + upperLine + "\u200f\n" + lowerLine[:20] + "\u200b" + lowerLine[20:], passport, []string{"invisible characters left out"}},
		"other characters":   {"ERIKSSÖN", []string{"ERIKSS?N"}, []string{"? for a character that no zone has"}},
		"nothing":            {" \n\t|\n", nil, nil},
		"nothing to see":     {"\u200b\n\u202e", nil, []string{"invisible characters left out"}},
		"broken UTF-8":       {"AB\xff", []string{"AB?"}, []string{"? for a character that no zone has"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Read(tt.typed)
			if !slices.Equal(got.Lines, tt.lines) || !slices.Equal(got.Changes, tt.changes) {
				t.Errorf("got %q, %q; want %q, %q", got.Lines, got.Changes, tt.lines, tt.changes)
			}
		})
	}
}

// TestFaults: each says where, and what to do.
func TestFaults(t *testing.T) {
	const only = ". A zone has only the letters A to Z, the digits 0 to 9 and <"
	for name, tt := range map[string]struct {
		typed string
		want  []string
	}{
		"none":               {upperLine + "\n" + lowerLine, nil},
		"none, a licence":    {"D1FRA13AA000026310225BERTHIER<4", []string{"There is one line of 31 characters. Enter 2 lines of 44 or of 36, or 3 lines of 30. Without line breaks that is 88, 72 or 90 in all"}},
		"nothing":            {" \n", []string{"Enter the lines of the machine readable zone"}},
		"one missing":        {upperLine + "\n" + lowerLine[1:], []string{"Line 2 has 43 characters, and 44 are needed. Add the one that is missing. Fillers (<) at the end count too"}},
		"some missing":       {strings.TrimRight(upperLine, "<") + "\n" + lowerLine, []string{"Line 1 has 25 characters, and 44 are needed. Add the 19 that are missing. Fillers (<) at the end count too"}},
		"one too many":       {upperLine + "<\n" + lowerLine, []string{"Line 1 has 45 characters, and 44 are needed. Take the one out that is too many"}},
		"some too many":      {upperLine + "\n" + lowerLine + "123", []string{"Line 2 has 47 characters, and 44 are needed. Take the 3 out that are too many"}},
		"of a card":          {upperLine[:36] + "\n" + lowerLine[:35], []string{"Line 2 has 35 characters, and 36 are needed. Add the one that is missing. Fillers (<) at the end count too"}},
		"of three":           {upperLine[:30] + "\n" + lowerLine[:28] + "\n" + upperLine[:30], []string{"Line 2 has 28 characters, and 30 are needed. Add the 2 that are missing. Fillers (<) at the end count too"}},
		"in the middle":      {upperLine[:40] + "\n" + lowerLine[:40], []string{"Line 1 has 40 characters, and 44 or 36 are needed. Count it on the document", "Line 2 has 40 characters, and 44 or 36 are needed. Count it on the document"}},
		"of two zones":       {upperLine + "\n" + lowerLine[:36], []string{"Line 1 has 44 characters and line 2 has 36. Both lines of a zone have 44, or both 36"}},
		"one line":           {upperLine, []string{"There is one line of 44 characters. Enter 2 lines of 44 or of 36, or 3 lines of 30. Without line breaks that is 88, 72 or 90 in all"}},
		"one character":      {"P", []string{"There is one line of 1 character. Enter 2 lines of 44 or of 36, or 3 lines of 30. Without line breaks that is 88, 72 or 90 in all"}},
		"four lines":         {"A\nB\nC\nD", []string{"There are 4 lines. Enter the 2 or 3 lines of the zone alone"}},
		"an umlaut":          {strings.Replace(upperLine, "SON", "SÖN", 1) + "\n" + lowerLine, []string{"Line 1, position 12 is Ö (U+00D6)" + only}},
		"a Cyrillic letter":  {upperLine + "\n" + lowerLine[:7] + "С" + lowerLine[8:], []string{"Line 2, position 8 is С (U+0421), a letter of another alphabet" + only}},
		"a Hebrew letter":    {upperLine + "\n" + lowerLine[:7] + "א" + lowerLine[8:], []string{"Line 2, position 8 is the character U+05D0, a letter of another alphabet" + only}},
		"NUL":                {upperLine + "\n\x00" + lowerLine[1:], []string{"Line 2, position 1 is the character U+0000" + only}},
		"in a parted line":   {upperLine + lowerLine[:43] + "?", []string{"Line 2, position 44 is ? (U+003F)" + only}},
		"character and line": {upperLine + "\n" + lowerLine + ";", []string{"Line 2, position 45 is ; (U+003B)" + only, "Line 2 has 45 characters, and 44 are needed. Take the one out that is too many"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Read(tt.typed).Faults(); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestManyForeign: a letter that was pasted whole is not read back comma by
// comma.
func TestManyForeign(t *testing.T) {
	got := Read(strings.Repeat(".,;:", 11) + "\n" + lowerLine).Faults()
	if len(got) != mostForeign+1 || got[mostForeign] != "39 characters more that no zone has. Enter the lines of the zone alone" {
		t.Errorf("got %q", got)
	}
}

// TestExplain: the parts that the command prints only in JSON.
func TestExplain(t *testing.T) {
	e := Read(strings.ToLower(upperLine) + "\n" + strings.Replace(lowerLine, "7408122", "7408123", 1)).Explain(asOf)
	if e.Format != mrz.TD3 || e.Agrees || !slices.Equal(e.Typed, []string{"lower case raised"}) {
		t.Errorf("format %s, agrees %v, typed %q", e.Format, e.Agrees, e.Typed)
	}
	want := []string{"date of birth: check digit 3 is printed, 2 is computed", "overall check digit: check digit 0 is printed, 3 is computed"}
	if !slices.Equal(e.Disagreements, want) {
		t.Errorf("disagreements %q; want %q", e.Disagreements, want)
	}
	for at, want := range map[[2]int]string{{1, 0}: "1BV", {1, 1}: "IS", {0, 0}: "", {1, 20}: "", {1, 9}: "", {1, 15}: "<"} {
		if got := e.Characters[at[0]][at[1]].Blind; got != want {
			t.Errorf("line %d, character %d passes for %q; want %q", at[0]+1, at[1]+1, got, want)
		}
	}
}

// forbidden are words that no screen says: they judge, apologise or pretend.
var forbidden = regexp.MustCompile(`(?i)\b(genuine|fake|illegal|offender|suspect|suspicious|valid|invalid|please|sorry|forbidden|oops|AI|fraud)\b`)

// FuzzRead reads texts that anybody can type: what has no fault is explained
// whole, what has one is told so in words of ours, and lines hold nothing but
// characters of a zone.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", upperLine + "\n" + lowerLine, upperLine + lowerLine, wide(upperLine), "<script>alert(1)</script>", "\u202e\x00\xff|«‹", strings.Repeat("é", 88)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := Read(typed)
		foreign := 0
		for _, line := range got.Lines {
			for i := range len(line) {
				if line[i] == '?' {
					foreign++
				} else if !mrz.Valid(line[i]) {
					t.Fatalf("a line holds %q", line[i])
				}
			}
		}
		if foreign != len(got.foreign) {
			t.Fatalf("%d question marks for %d characters", foreign, len(got.foreign))
		}
		faults := got.Faults()
		for _, fault := range faults {
			if !utf8.ValidString(fault) || len(fault) > 250 {
				t.Fatalf("a fault is told as %q", fault)
			}
		}
		e := got.Explain(asOf)
		if whole := foreign == 0 && e.Format != mrz.Unknown; whole != (len(faults) == 0) {
			t.Fatalf("format %q, %d characters that no zone has, faults %q", e.Format, foreign, faults)
		}
		if e.Format != mrz.Unknown && len(e.Characters) != len(e.Lines) || e.Agrees != (len(e.Disagreements) == 0) {
			t.Fatalf("explained as %+v", e)
		}
	})
}

// TestWords holds what this package says to the words of the screens.
func TestWords(t *testing.T) {
	said := fmt.Sprint(Read(upperLine).Faults(), Read("Ö").Faults(), Read("AB\nC").Faults(), Read("A\nB\nC\nD").Faults())
	for _, pair := range [][]string{{"PU" + upperLine[2:], lowerLine}, {upperLine, strings.ReplaceAll(lowerLine, "UTO", "XXX")}, {upperLine[:5] + "<" + upperLine[6:], strings.Replace(lowerLine, "740812", "741340", 1)}} {
		e := Zone(pair, asOf)
		said += fmt.Sprint(e.Disagreements, e.Fields)
	}
	if w := forbidden.FindString(said); w != "" {
		t.Errorf("it says %q in %s", w, said)
	}
}
