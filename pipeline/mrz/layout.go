package mrz

import "strings"

// Format is one of the layouts of a machine readable zone.
type Format string

// The formats of Doc 9303 parts 4 (TD3), 5 (TD1), 6 (TD2) and 7 (MRV-A, MRV-B).
const (
	Unknown Format = ""
	TD1     Format = "TD1"
	TD2     Format = "TD2"
	TD3     Format = "TD3"
	MRVA    Format = "MRVA"
	MRVB    Format = "MRVB"
	// FRID is the French identity card of 1988 to 2021: TD2 in shape and in
	// nothing else (arrêté du 28 octobre 1987).
	FRID Format = "FRID"
)

// FieldName names a field in the words of Doc 9303.
type FieldName string

// The fields.
const (
	DocumentCode FieldName = "document_code"
	IssuingState FieldName = "issuing_state"
	NameOfHolder FieldName = "name_of_holder" // primary << secondary identifier; FRID: primary alone
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
}

// Layout is where everything stands in one format.
type Layout struct {
	Format       Format
	Lines, Width int
	// Prefix is what the first line begins with, which tells the format from
	// others of the same shape. The longest that fits decides.
	Prefix        string
	Places        []Place
	CompositeOver []Span // empty on visas: they have no composite check digit
	CompositeAt   Span
}

// Layouts are the formats that are read. Positions: Doc 9303-4 4.2, -5 4.2, -6 4.2, -7 4 and 5.
var Layouts = []Layout{ //nolint:gochecknoglobals // a table of the standard, never written
	{
		Format: TD3, Lines: 2, Width: 44,
		Places: append(upperName(44),
			Place{DocumentNumber, Span{1, 0, 9}, Span{1, 9, 10}},
			Place{Name: Nationality, Span: Span{1, 10, 13}},
			Place{DateOfBirth, Span{1, 13, 19}, Span{1, 19, 20}},
			Place{Name: Sex, Span: Span{1, 20, 21}},
			Place{DateOfExpiry, Span{1, 21, 27}, Span{1, 27, 28}},
			Place{PersonalNumber, Span{1, 28, 42}, Span{1, 42, 43}},
		),
		CompositeOver: []Span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}},
		CompositeAt:   Span{1, 43, 44},
	},
	{
		Format: TD2, Lines: 2, Width: 36,
		Places:        append(upperName(36), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 35}})...),
		CompositeOver: []Span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}},
		CompositeAt:   Span{1, 35, 36},
	},
	{
		Format: TD1, Lines: 3, Width: 30,
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: IssuingState, Span: Span{0, 2, 5}},
			{DocumentNumber, Span{0, 5, 14}, Span{0, 14, 15}},
			{Name: OptionalData, Span: Span{0, 15, 30}},
			{DateOfBirth, Span{1, 0, 6}, Span{1, 6, 7}},
			{Name: Sex, Span: Span{1, 7, 8}},
			{DateOfExpiry, Span{1, 8, 14}, Span{1, 14, 15}},
			{Name: Nationality, Span: Span{1, 15, 18}},
			{Name: OptionalData2, Span: Span{1, 18, 29}},
			{Name: NameOfHolder, Span: Span{2, 0, 30}},
		},
		CompositeOver: []Span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}},
		CompositeAt:   Span{1, 29, 30},
	},
	{
		Format: MRVA, Lines: 2, Width: 44, Prefix: "V",
		Places: append(upperName(44), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 44}})...),
	},
	{
		Format: MRVB, Lines: 2, Width: 36, Prefix: "V",
		Places: append(upperName(36), append(secondLine(), Place{Name: OptionalData, Span: Span{1, 28, 36}})...),
	},
	{
		Format: FRID, Lines: 2, Width: 36, Prefix: "IDFRA",
		Places: []Place{
			{Name: DocumentCode, Span: Span{0, 0, 2}},
			{Name: IssuingState, Span: Span{0, 2, 5}},
			{Name: NameOfHolder, Span: Span{0, 5, 30}},
			{Name: OptionalData, Span: Span{0, 30, 36}}, // issuing department and office
			{DocumentNumber, Span{1, 0, 12}, Span{1, 12, 13}},
			{Name: SecondaryIdentifier, Span: Span{1, 13, 27}},
			{DateOfBirth, Span{1, 27, 33}, Span{1, 33, 34}},
			{Name: Sex, Span: Span{1, 34, 35}},
		},
		CompositeOver: []Span{{0, 0, 36}, {1, 0, 35}},
		CompositeAt:   Span{1, 35, 36},
	},
}

// upperName is the upper line of all two-line formats.
func upperName(width int) []Place {
	return []Place{
		{Name: DocumentCode, Span: Span{0, 0, 2}},
		{Name: IssuingState, Span: Span{0, 2, 5}},
		{Name: NameOfHolder, Span: Span{0, 5, width}},
	}
}

// secondLine is what the lower line of TD2 and both visas has in common.
func secondLine() []Place {
	return []Place{
		{DocumentNumber, Span{1, 0, 9}, Span{1, 9, 10}},
		{Name: Nationality, Span: Span{1, 10, 13}},
		{DateOfBirth, Span{1, 13, 19}, Span{1, 19, 20}},
		{Name: Sex, Span: Span{1, 20, 21}},
		{DateOfExpiry, Span{1, 21, 27}, Span{1, 27, 28}},
	}
}

// LayoutOf gives the layout of a format; ok is false for Unknown.
func LayoutOf(f Format) (l Layout, ok bool) {
	for _, l := range Layouts {
		if l.Format == f {
			return l, true
		}
	}
	return Layout{}, false
}

// FormatOf tells the format by the number and width of the lines and, where
// several share them, by what the first line begins with: visas begin with V
// (Doc 9303-7, 4.2.2).
func FormatOf(lines []string) Format {
	if len(lines) == 0 {
		return Unknown
	}
	var best Layout
	for _, l := range Layouts {
		fits := len(lines) == l.Lines && allWide(lines, l.Width) && strings.HasPrefix(lines[0], l.Prefix)
		if fits && (best.Format == Unknown || len(l.Prefix) > len(best.Prefix)) {
			best = l
		}
	}
	return best.Format
}

// Mark is the part of the first line that tells a format from others of the
// same shape; empty where there is no other.
func Mark(f Format) Span {
	own, _ := LayoutOf(f)
	var mark Span
	for _, l := range Layouts {
		if l.Lines == own.Lines && l.Width == own.Width {
			mark.To = max(mark.To, len(l.Prefix))
		}
	}
	return mark
}

func allWide(lines []string, width int) bool {
	for _, s := range lines {
		if len(s) != width {
			return false
		}
	}
	return true
}
