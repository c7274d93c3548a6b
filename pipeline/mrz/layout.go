package mrz

import "strings"

// Format is one of the layouts of a machine readable zone.
type Format string

// The formats of Doc 9303 parts 4 (TD3), 5 (TD1), 6 (TD2) and 7 (MRV-A, MRV-B).
// A single-sheet emergency travel document is a TD2 of the code PU
// (Doc 9303-8).
const (
	Unknown Format = ""
	TD1     Format = "TD1"
	TD2     Format = "TD2"
	TD3     Format = "TD3"
	MRVA    Format = "MRVA"
	MRVB    Format = "MRVB"
)

// The formats outside Doc 9303, as far as their layout is certain. French
// vehicle registrations and Chinese travel permits, of which we have no
// specification and no specimen, are not among them: a layout that is wrong
// makes findings that are.
const (
	// FRID is the French identity card of 1988 to 2021: TD2 in shape and in
	// nothing else (arrêté du 28 octobre 1987).
	FRID Format = "FRID"
	// FRDL is the French driving licence of 2013: one line, whose check digits
	// cover document code and State too.
	FRDL Format = "FRDL"
	// IDL is any other driving licence after ISO/IEC 18013: one line of which
	// the standard fixes the first two characters and the last, a check digit
	// over all before it.
	IDL Format = "IDL"
	// CHDL is the driving licence of Switzerland and Liechtenstein: three lines
	// of 9, 30 and 30 characters without any check digit.
	CHDL Format = "CHDL"
)

// ICAO tells whether the format is one of Doc 9303.
func (f Format) ICAO() bool {
	switch f {
	case TD1, TD2, TD3, MRVA, MRVB:
		return true
	default:
		return false
	}
}

// FieldName names a field in the words of Doc 9303.
type FieldName string

// The fields.
const (
	DocumentCode FieldName = "document_code"
	IssuingState FieldName = "issuing_state"
	NameOfHolder FieldName = "name_of_holder" // primary << secondary identifier; FRID and FRDL: primary alone
	// SecondaryIdentifier is a field of its own on FRID alone.
	SecondaryIdentifier FieldName = "secondary_identifier"
	DocumentNumber      FieldName = "document_number"
	Nationality         FieldName = "nationality"
	DateOfBirth         FieldName = "date_of_birth"
	Sex                 FieldName = "sex"
	DateOfExpiry        FieldName = "date_of_expiry"
	PersonalNumber      FieldName = "personal_number" // TD3 only
	OptionalData        FieldName = "optional_data"
	OptionalData2       FieldName = "optional_data_2" // TD1 line 2
	Composite           FieldName = "composite"       // what the composite check digit covers
)

// Span is a run of characters: line and columns from 0, To exclusive.
type Span struct{ Line, From, To int }

// Place says where a field stands and where its check digit does.
type Place struct {
	Name FieldName
	Span Span
	// Check is the position of the check digit; Check.To is 0 if there is none.
	Check Span
	// Over is what the check digit covers if that is not Span.
	Over Span

	over [1]Span // what it covers
	set  uint8   // characters that are never a fault there
}

// Layout is where everything stands in one format.
type Layout struct {
	Format       Format
	Lines, Width int
	// First is the width of the first line if it differs.
	First int
	// Prefix is what the first line begins with, which tells the format from
	// others of the same shape. The longest that fits decides.
	Prefix        string
	Places        []Place
	CompositeOver []Span // empty on visas: they have no composite check digit
	CompositeAt   Span
	// LongNumber: a document number may go on in the optional data.
	LongNumber bool
	// Numbered: the second character of the document code may be a digit.
	Numbered bool
}

// Layouts are the formats that are read, longer prefixes before shorter ones.
// Positions: Doc 9303-4 4.2, -5 4.2, -6 4.2, -7 4 and 5.
var Layouts = ready([]Layout{ //nolint:gochecknoglobals // a table of the standard, never written
	{
		Format: MRVA, Lines: 2, Width: 44, Prefix: "V",
		Places: append(upperName(44), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 44}})...),
	},
	{
		Format: TD3, Lines: 2, Width: 44,
		Places: append(upperName(44), append(secondLine(),
			Place{Name: PersonalNumber, Span: Span{1, 28, 42}, Check: Span{1, 42, 43}})...),
		CompositeOver: []Span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}},
		CompositeAt:   Span{1, 43, 44},
	},
	{
		Format: FRID, Lines: 2, Width: 36, Prefix: "IDFRA",
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: IssuingState, Span: Span{0, 2, 5}},
			{Name: NameOfHolder, Span: Span{0, 5, 30}},
			{Name: OptionalData, Span: Span{0, 30, 36}}, // issuing department and office
			{Name: DocumentNumber, Span: Span{1, 0, 12}, Check: Span{1, 12, 13}},
			{Name: SecondaryIdentifier, Span: Span{1, 13, 27}},
			{Name: DateOfBirth, Span: Span{1, 27, 33}, Check: Span{1, 33, 34}},
			{Name: Sex, Span: Span{1, 34, 35}},
		},
		CompositeOver: []Span{{0, 0, 36}, {1, 0, 35}},
		CompositeAt:   Span{1, 35, 36},
	},
	{
		Format: MRVB, Lines: 2, Width: 36, Prefix: "V",
		Places: append(upperName(36), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 36}})...),
	},
	{
		Format: TD2, Lines: 2, Width: 36, LongNumber: true, Numbered: true,
		Places:        append(upperName(36), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 35}})...),
		CompositeOver: []Span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}},
		CompositeAt:   Span{1, 35, 36},
	},
	{
		Format: TD1, Lines: 3, Width: 30, LongNumber: true, Numbered: true,
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: IssuingState, Span: Span{0, 2, 5}},
			{Name: DocumentNumber, Span: Span{0, 5, 14}, Check: Span{0, 14, 15}},
			{Name: OptionalData, Span: Span{0, 15, 30}},
			{Name: DateOfBirth, Span: Span{1, 0, 6}, Check: Span{1, 6, 7}},
			{Name: Sex, Span: Span{1, 7, 8}},
			{Name: DateOfExpiry, Span: Span{1, 8, 14}, Check: Span{1, 14, 15}},
			{Name: Nationality, Span: Span{1, 15, 18}},
			{Name: OptionalData2, Span: Span{1, 18, 29}},
			{Name: NameOfHolder, Span: Span{2, 0, 30}},
		},
		CompositeOver: []Span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}},
		CompositeAt:   Span{1, 29, 30},
	},
	{
		Format: CHDL, Lines: 3, Width: 30, First: 9,
		Places: []Place{
			{Name: DocumentNumber, Span: Span{0, 0, 9}}, // its seventh character is the language
			{Name: DocumentCode, Span: Span{1, 0, 2}},
			{Name: IssuingState, Span: Span{1, 2, 5}},
			{Name: OptionalData, Span: Span{1, 5, 17}}, // personal number and version
			{Name: DateOfBirth, Span: Span{1, 19, 25}},
			{Name: NameOfHolder, Span: Span{2, 0, 30}},
		},
	},
	{
		Format: FRDL, Lines: 1, Width: 30, Prefix: "D1FRA", Numbered: true,
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: IssuingState, Span: Span{0, 2, 5}},
			{Name: DocumentNumber, Span: Span{0, 5, 14}, Check: Span{0, 14, 15}, Over: Span{0, 0, 14}},
			{Name: DateOfExpiry, Span: Span{0, 15, 21}},
			{Name: NameOfHolder, Span: Span{0, 21, 29}},
		},
		CompositeOver: []Span{{0, 0, 29}},
		CompositeAt:   Span{0, 29, 30},
	},
	{
		Format: IDL, Lines: 1, Width: 30, Prefix: "D", Numbered: true,
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: OptionalData, Span: Span{0, 2, 29}},
		},
		CompositeOver: []Span{{0, 0, 29}},
		CompositeAt:   Span{0, 29, 30},
	},
})

// upperName is the upper line of all two-line formats.
func upperName(width int) []Place {
	return []Place{
		{Name: DocumentCode, Span: Span{0, 0, 2}},
		{Name: IssuingState, Span: Span{0, 2, 5}},
		{Name: NameOfHolder, Span: Span{0, 5, width}},
	}
}

// secondLine is what the lower line of TD2, TD3 and both visas has in common.
func secondLine() []Place {
	return []Place{
		{Name: DocumentNumber, Span: Span{1, 0, 9}, Check: Span{1, 9, 10}},
		{Name: Nationality, Span: Span{1, 10, 13}},
		{Name: DateOfBirth, Span: Span{1, 13, 19}, Check: Span{1, 19, 20}},
		{Name: Sex, Span: Span{1, 20, 21}},
		{Name: DateOfExpiry, Span: Span{1, 21, 27}, Check: Span{1, 27, 28}},
	}
}

// ready works out what Parse and Conforms ask again and again: what a digit
// covers, and the characters that are never a fault. Fillers are among those
// where there is no rule for them.
func ready(ls []Layout) []Layout {
	for i := range ls {
		for j := range ls[i].Places {
			p := &ls[i].Places[j]
			if p.over[0] = p.Over; p.Over.To == 0 {
				p.over[0] = p.Span
			}
			p.set = KindOf(p.Name).set()
			switch p.Name {
			case DocumentCode, IssuingState, Nationality, DateOfBirth, DateOfExpiry:
				p.set &^= isFiller
			default:
			}
		}
	}
	return ls
}

// LayoutOf gives the layout of a format; ok is false for Unknown.
func LayoutOf(f Format) (l Layout, ok bool) {
	for i := range Layouts {
		if Layouts[i].Format == f {
			return Layouts[i], true
		}
	}
	return Layout{}, false
}

// place finds where a field stands.
func (l *Layout) place(n FieldName) *Place {
	for i := range l.Places {
		if l.Places[i].Name == n {
			return &l.Places[i]
		}
	}
	return &Place{}
}

// FormatOf tells the format by the number and width of the lines and, where
// several share them, by what the first line begins with: visas begin with V
// (Doc 9303-7, 4.2.2).
func FormatOf(lines []string) Format {
	if l := layoutOf(lines); l != nil {
		return l.Format
	}
	return Unknown
}

func layoutOf(lines []string) *Layout {
	for i := range Layouts {
		if Layouts[i].fits(lines) {
			return &Layouts[i]
		}
	}
	return nil
}

func (l *Layout) fits(lines []string) bool {
	if len(lines) != l.Lines || !strings.HasPrefix(lines[0], l.Prefix) {
		return false
	}
	for i := range lines {
		if len(lines[i]) != l.width(i) {
			return false
		}
	}
	return true
}

// width is how many characters a line has.
func (l *Layout) width(line int) int {
	if line == 0 && l.First > 0 {
		return l.First
	}
	return l.Width
}

// Mark is the part of the first line that tells a format from others of the
// same shape; empty where there is no other.
func Mark(f Format) Span {
	own, _ := LayoutOf(f)
	var mark Span
	for i := range Layouts {
		l := &Layouts[i]
		if l.Lines == own.Lines && l.Width == own.Width && l.First == own.First {
			mark.To = max(mark.To, len(l.Prefix))
		}
	}
	return mark
}
