package mrz

import "strings"

// Name is the name of the holder, split.
type Name struct {
	Primary, Secondary string // components separated by one space
	// Truncated: the field ends in a letter, so the name may go on
	// (Doc 9303-3, 4.6).
	Truncated bool
	// Irregular: fillers stand where no writer that follows Doc 9303-3, 4.6
	// puts them, before the name or more than one inside an identifier.
	Irregular bool
}

// ParseName splits a name field at the first double filler (Doc 9303-3, 4.6).
// A name without one has a primary identifier only.
func ParseName(raw string) Name {
	text := strings.Trim(raw, string(Filler))
	primary, secondary, _ := strings.Cut(text, "<<")
	return Name{
		Primary:   components(primary),
		Secondary: components(secondary),
		Truncated: raw != "" && raw[len(raw)-1] != Filler,
		Irregular: text != "" && raw[0] == Filler || strings.Contains(secondary, "<<") || strings.HasPrefix(secondary, "<"),
	}
}

func components(s string) string { return strings.Join(strings.FieldsFunc(s, isFill), " ") }

func isFill(r rune) bool { return r == Filler }
