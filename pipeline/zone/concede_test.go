package zone

import (
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// readTwice is a zone as two readers saw it.
func readTwice(first, second string, confidence float64) pipeline.Zone {
	var z pipeline.Zone
	lines := strings.Split(first, "|")
	for l, other := range strings.Split(second, "|") {
		var line pipeline.Line
		for i := range len(other) {
			line.Chars = append(line.Chars, pipeline.Char{Rune: lines[l][i], Confidence: confidence, SecondRead: other[i]})
		}
		z.Lines = append(z.Lines, line)
	}
	z.MRZ = mrz.Parse(lines)
	return z
}

func TestConcede(t *testing.T) {
	const td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	wrongDigit := strings.Replace(td3, "L898902C36", "L898902C37", 1)
	for name, tt := range map[string]struct {
		zone       string
		from, to   string // what the second reader makes of a part
		confidence float64
		certain    bool
	}{
		"the same":                                 {td3, "", "", .99, true},
		"a digit among letters":                    {td3, "P<UTO", "P<UT0", .99, true},
		"a letter among digits":                    {td3, "7408122F", "74O8122F", .99, true},
		"a letter for a check digit":               {td3, "7408122F", "740812ZF", .99, true},
		"O in a number whose digit agrees":         {td3, "L898902C3", "L8989O2C3", .99, true},
		"B in optional data, composite agrees":     {td3, "ZE184226B", "ZE1B4226B", .99, true},
		"the first reader was not sure":            {td3, "P<UTO", "P<UT0", .85, false},
		"nothing seen of a listed code":            {td3, "P<UTO", "P<UT ", .99, true},
		"another shape in a listed code":           {td3, "P<UTO", "P<UTX", .99, true},
		"the same, not so sure":                    {td3, "P<UTO", "P<UTX", .95, false},
		"two listed codes that differ":             {strings.Replace(td3, "P<UTO", "P<FRA", 1), "P<FRA", "P<FXA", .99, false},
		"a letter in a date whose digit disagrees": {strings.Replace(td3, "7408122", "7408123", 1), "7408123", "74O8123", .99, true},
		"another letter in a code of no list":      {strings.Replace(td3, "P<UTO", "P<UTX", 1), "P<UTX", "P<UTV", .99, false},
		"a number whose digit agrees":              {td3, "L898902C3", "L89B9X2C3", .99, true},
		"the same, not so sure there":              {td3, "L898902C3", "L89B9X2C3", .95, false},
		"P for F where only F or M stand":          {td3, "2F12", "2P12", .99, true},
		"M for F":                                  {td3, "2F12", "2M12", .99, false},
		"a name, which nothing protects":           {td3, "ERIKSSON", "ERIKSSXN", .99, false},
		"6 for G, which no digit tells":            {td3, "ZE184226B", "ZE18422GB", .99, false},
		"O in a number whose digit disagrees":      {wrongDigit, "L898902C3", "L8989O2C3", .99, false},
		"another letter among letters":             {td3, "ERIKSSON", "ERIKSSQN", .99, false},
	} {
		t.Run(name, func(t *testing.T) {
			second := strings.Replace(tt.zone, tt.from, tt.to, 1)
			z := readTwice(tt.zone, second, tt.confidence)
			concede(&z)
			if got := z.Certain(); got != tt.certain {
				t.Errorf("certain %v; want %v", got, tt.certain)
			}
		})
	}
}
