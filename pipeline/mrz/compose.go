package mrz

import (
	"fmt"
	"strings"
)

// Values is what a zone is composed of, each without padding. Identifiers may
// hold spaces and hyphens between components and apostrophes within; dates are
// YYMMDD with fillers for unknown parts.
type Values struct {
	Format                                 Format
	DocumentCode, IssuingState             string
	PrimaryIdentifier, SecondaryIdentifier string
	DocumentNumber, Nationality            string
	DateOfBirth                            string // YYMMDD
	Sex                                    string // F, M, or empty, < or X where the visual zone has X
	DateOfExpiry                           string // YYMMDD
	PersonalNumber                         string // TD3 only
	OptionalData                           string // all but TD3
	OptionalData2                          string // TD1 only
}

// Compose writes a conforming zone with right check digits, as Parse reads it.
// A long name is truncated as Doc 9303-4, 4.2.3 allows; a document number of
// more than nine characters continues in the optional data of TD1 and TD2.
// It refuses values that have no lawful place; the error holds no value.
func Compose(v Values) ([]string, error) {
	l, ok := LayoutOf(v.Format)
	if !ok || !v.Format.ICAO() {
		return nil, fmt.Errorf("compose zone: the format is none of Doc 9303")
	}
	v, err := v.normal()
	if err != nil {
		return nil, err
	}
	number, digit, rest := v.number()
	switch {
	case len(number) > 9:
		return nil, fmt.Errorf("compose zone: document number is longer than %s allows", v.Format)
	case rest != "" && (number[8] == Filler || strings.Contains(rest[:len(v.DocumentNumber)-9], string(Filler))):
		return nil, fmt.Errorf("compose zone: a filler in a long document number would end it")
	}
	v.OptionalData = rest + v.OptionalData
	lines := make([][]byte, l.Lines)
	for i := range lines {
		lines[i] = []byte(strings.Repeat(string(Filler), l.Width))
	}
	for _, p := range l.Places {
		text := v.of(p.Name, number, p.Span.To-p.Span.From)
		if len(text) > p.Span.To-p.Span.From {
			return nil, fmt.Errorf("compose zone: %s is too long", p.Name)
		}
		row := lines[p.Span.Line]
		copy(row[p.Span.From:p.Span.To], text)
		if p.Check.To > 0 {
			row[p.Check.From] = checkFor(p.Name, string(row[p.Span.From:p.Span.To]), digit)
		}
	}
	out := finish(l, lines)
	if FormatOf(out) != v.Format {
		return nil, fmt.Errorf("compose zone: document code is not one of %s", v.Format)
	}
	return out, nil
}

// finish sets the composite check digit, if the layout has one.
func finish(l Layout, lines [][]byte) []string {
	var over []string
	for _, s := range l.CompositeOver {
		over = append(over, string(lines[s.Line][s.From:s.To]))
	}
	if len(over) > 0 {
		lines[l.CompositeAt.Line][l.CompositeAt.From] = CheckDigit(over...)
	}
	out := make([]string, len(lines))
	for i, b := range lines {
		out[i] = string(b)
	}
	return out
}

// checkFor gives what stands in a field's check digit position: nothing beside
// an empty personal number, a filler beside a number that goes on.
func checkFor(n FieldName, raw string, numberDigit byte) byte {
	switch {
	case n == PersonalNumber && onlyFiller(raw):
		return Filler
	case n == DocumentNumber:
		return numberDigit
	}
	return CheckDigit(raw)
}

// number splits a document number into what fills its field, what stands at
// its check digit, and what opens the optional data.
func (v Values) number() (principal string, digit byte, rest string) {
	n := v.DocumentNumber
	if len(n) <= 9 || v.Format != TD1 && v.Format != TD2 {
		return n, CheckDigit(n), ""
	}
	return n[:9], Filler, n[9:] + string(CheckDigit(n)) + closing(v.OptionalData)
}

// closing is the filler after a long number; with nothing to follow the
// padding supplies it, or the number ends with the line.
func closing(optional string) string {
	if optional == "" {
		return ""
	}
	return string(Filler)
}

// of gives the text of one field.
func (v Values) of(n FieldName, number string, width int) string {
	switch n {
	case DocumentCode:
		return v.DocumentCode
	case IssuingState:
		return v.IssuingState
	case SecondaryIdentifier: // of FRID alone, which is not composed
		return ""
	case NameOfHolder:
		return fitName(v.PrimaryIdentifier, v.SecondaryIdentifier, width)
	case DocumentNumber:
		return number
	case Nationality:
		return v.Nationality
	case DateOfBirth:
		return v.DateOfBirth
	case Sex:
		return v.Sex
	case DateOfExpiry:
		return v.DateOfExpiry
	case PersonalNumber:
		return v.PersonalNumber
	case OptionalData:
		return v.OptionalData
	case OptionalData2:
		return v.OptionalData2
	default: // of no format of Doc 9303
		return ""
	}
}

// normal turns every value into what may stand in a zone, or says which cannot.
func (v Values) normal() (Values, error) {
	if v.Sex == "X" || v.Sex == "" {
		v.Sex = string(Filler)
	}
	if v.Format != TD3 && v.PersonalNumber != "" || v.Format == TD3 && v.OptionalData != "" || v.Format != TD1 && v.OptionalData2 != "" {
		return v, fmt.Errorf("compose zone: %s has no place for a value that is set", v.Format)
	}
	v.PrimaryIdentifier, v.SecondaryIdentifier = identifier(v.PrimaryIdentifier), identifier(v.SecondaryIdentifier)
	clean := strings.NewReplacer(" ", "<", "-", "<")
	for _, f := range []struct {
		name FieldName
		s    *string
		kind Kind
	}{
		{DocumentCode, &v.DocumentCode, Letters},
		{IssuingState, &v.IssuingState, Letters},
		{NameOfHolder, &v.PrimaryIdentifier, Letters},
		{NameOfHolder, &v.SecondaryIdentifier, Letters},
		{DocumentNumber, &v.DocumentNumber, Any},
		{Nationality, &v.Nationality, Letters},
		{DateOfBirth, &v.DateOfBirth, Digits},
		{Sex, &v.Sex, SexMark},
		{DateOfExpiry, &v.DateOfExpiry, Digits},
		{PersonalNumber, &v.PersonalNumber, Any},
		{OptionalData, &v.OptionalData, Any},
		{OptionalData2, &v.OptionalData2, Any},
	} {
		*f.s = strings.TrimRight(clean.Replace(*f.s), string(Filler)) // padding comes back
		for i := range len(*f.s) {
			if !f.kind.Allows((*f.s)[i]) {
				return v, fmt.Errorf("compose zone: %s holds a character that cannot be there", f.name)
			}
		}
		if (Field{Name: f.name, Raw: *f.s}).gapped() || f.kind == Digits && len(*f.s)%2 != 0 {
			return v, fmt.Errorf("compose zone: %s holds a filler inside or half a part", f.name)
		}
	}
	return v, nil
}

// identifier writes a name as Doc 9303-3, 4.6 says: apostrophes are left out,
// hyphens and spaces become one filler.
func identifier(s string) string {
	s = strings.NewReplacer("'", "", "’", "").Replace(s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' || r == Filler }), string(Filler))
}

// fitName joins both identifiers and truncates where they do not fit. Of the
// secondary identifier at least the first letter stays, and the last position
// of a truncated name holds a letter, which is how a reader knows
// (Doc 9303-4, 4.2.3).
func fitName(primary, secondary string, width int) string {
	if secondary == "" {
		return truncate(primary, width)
	}
	if room := width - len("<<") - 1; len(primary) > room {
		primary = truncate(primary, room)
	}
	return primary + "<<" + truncate(secondary, width-len(primary)-len("<<"))
}

// truncate cuts s to a width so that it ends in a letter. Where the cut falls
// behind a whole component, that gives its last letter for the first of the
// next.
func truncate(s string, width int) string {
	switch {
	case len(s) <= width:
		return s
	case s[width-1] != Filler:
		return s[:width]
	case width >= 3 && s[width-3] != Filler:
		return s[:width-2] + string(Filler) + s[width:width+1]
	}
	return s[:width-1]
}
