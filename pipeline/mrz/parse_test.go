package mrz

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckDigit(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want byte
	}{
		"date (Doc 9303-3, appendix A)":            {"520727", '3'},
		"number (Doc 9303-3, appendix A)":          {"AB2134<<<", '5'},
		"composite TD3 (Doc 9303-3, appendix A)":   {"HA672242<6" + "5802254" + "9601086" + "<<<<<<<<<<<<<<0", '8'},
		"composite TD2 (Doc 9303-3, appendix A)":   {"HA672242<6" + "5802254" + "9601086" + "<<<<<<<", '8'},
		"composite TD1 (Doc 9303-3, appendix A)":   {"D231458907<<<<<<<<<<<<<<<" + "3407127" + "9507122" + "<<<<<<<<<<<", '2'},
		"long number (Doc 9303-5, 4.2.2.1 note j)": {"D23145890XYZ", '5'},
		"only filler": {"<<<<<<", '0'},
	} {
		t.Run(name, func(t *testing.T) {
			if got := CheckDigit(tt.in); got != tt.want {
				t.Errorf("CheckDigit(%q) = %q; want %q", tt.in, got, tt.want)
			}
		})
	}
}

// digits gives the state of every check digit of a zone, composite included.
func digits(z Zone) map[FieldName]DigitState {
	m := map[FieldName]DigitState{Composite: z.Composite.State}
	for _, f := range z.Fields() {
		if f.Digit.State != NotPrinted {
			m[f.Name] = f.Digit.State
		}
	}
	return m
}

// french is a zone of the French identity card of 1988, of nobody.
var french = func() string {
	upper := "IDFRAERIKSSON" + strings.Repeat("<", 17) + "751001"
	lower := "940975100285" + string(CheckDigit("940975100285")) + "ANNA<<MARIA<<<" + "740812" + string(CheckDigit("740812")) + "F"
	return upper + "|" + lower + string(CheckDigit(upper, lower))
}()

// full is a TD1 whose document number and check digit fill the first line.
var full = func() string {
	first := "I<UTOD23145890<ABCDEFGHIJKLMN" + string(CheckDigit("D23145890ABCDEFGHIJKLMN"))
	second := "7408122F1204159UTO<<<<<<<<<<<"
	return first + "|" + second + string(CheckDigit(first[5:], second[:7], second[8:15], second[18:])) + "|ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
}()

// long2 is a TD2 whose document number and check digit fill the optional data.
var long2 = func() string {
	second := "D23145890<UTO7408122F1204159ABCDEF" + string(CheckDigit("D23145890ABCDEF"))
	return "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|" + second + string(CheckDigit(second[:10], second[13:20], second[21:]))
}()

// licence is a driving licence of Utopia.
var licence = "D1UTO15094962111659VW87Z78NB8" + string(CheckDigit("D1UTO15094962111659VW87Z78NB8"))

func TestParse(t *testing.T) {
	const v, r = Verified, Refuted
	for name, tt := range map[string]struct {
		lines  string
		format Format
		digits map[FieldName]DigitState
		number string
	}{
		"TD3 (Doc 9303-4, appendix B)": {
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10", TD3,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, PersonalNumber: v, Composite: v},
			"L898902C3",
		},
		"TD3 with an empty personal number and 0": {
			"P<CANMARTIN<<SARAH<<<<<<<<<<<<<<<<<<<<<<<<<<|ZE000509<9CAN8501019F2301147<<<<<<<<<<<<<<08", TD3,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, PersonalNumber: v, Composite: v},
			"ZE000509<",
		},
		"TD3 with an empty personal number and a filler": {
			"P<CANMARTIN<<SARAH<<<<<<<<<<<<<<<<<<<<<<<<<<|ZE000509<9CAN8501019F2301147<<<<<<<<<<<<<<<8", TD3,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"ZE000509<",
		},
		"all faults of one zone": {
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C37UTO7408123F120415OZE184226B<<<<<<1", TD3,
			map[FieldName]DigitState{DocumentNumber: r, DateOfBirth: r, DateOfExpiry: Unreadable, PersonalNumber: Unreadable, Composite: r},
			"L898902C3",
		},
		"TD2 (Doc 9303-6, appendix B)": {
			"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6", TD2,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"TD1 (Doc 9303-5, appendix B)": {
			"I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"TD1 with a long number (Doc 9303-5, 4.2.2.1 note j; Doc 9303-3, appendix A)": {
			"I<UTOD23145890<7349<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890734",
		},
		"TD1 with a long number that counts the filler": {
			"IDBEL592000000<8" + string(CheckDigit("592000000<8")) + "<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"5920000008",
		},
		"visa A (Doc 9303-7, appendix A)": {
			"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L8988901C4XXX4009078F96121096ZE184226B<<<<<<", MRVA,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: NotPrinted},
			"L8988901C",
		},
		"visa B (Doc 9303-7, appendix B)": {
			"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|L8988901C4XXX4009078F9612109<<<<<<<<", MRVB,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: NotPrinted},
			"L8988901C",
		},
		"French identity card, invented": {
			french, FRID,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, Composite: v},
			"940975100285",
		},
		"French letters on another shape": {
			"IDFRAD231458907<<<<<<<<<<<<<<<|7408122F1204159FRA<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"TD1 with a long number to the end of the line (Belgium)": {
			full, TD1,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890ABCDEFGHIJKLMN",
		},
		"TD1 with a wrong long number": {
			"I<UTOD23145890<7348<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: r, DateOfBirth: v, DateOfExpiry: v, Composite: r},
			"D23145890734",
		},
		"TD1 with a filler for the digit and nothing to go on with": {
			"I<UTOD23145890<<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<" +
				string(CheckDigit("D23145890<<<<<<<<<<<<<<<<74081221204159<<<<<<<<<<<")) + "|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", TD1,
			map[FieldName]DigitState{DocumentNumber: Unreadable, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"TD2 with a long number": {
			"I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<|D23145890<UTO3407127M95071227349<<<8", TD2,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890734",
		},
		"TD2 with a long number to the end of the field": {
			long2, TD2,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890ABCDEF",
		},
		"empty date of expiry and a filler (Russia)": {
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F<<<<<<<ZE184226B<<<<<1" +
				string(CheckDigit("L898902C36"+"7408122"+"<<<<<<<"+"ZE184226B<<<<<1")), TD3,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, PersonalNumber: v, Composite: v},
			"L898902C3",
		},
		"empty date of birth and 0": {
			"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO<<<<<<0F1204159<<<<<<<" + string(CheckDigit("D231458907<<<<<<01204159<<<<<<<")), TD2,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"emergency travel document (Doc 9303-8)": {
			"PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6", TD2,
			map[FieldName]DigitState{DocumentNumber: v, DateOfBirth: v, DateOfExpiry: v, Composite: v},
			"D23145890",
		},
		"French driving licence, invented": {
			"D1FRA13AA000026181231MARTIN<<9", FRDL,
			map[FieldName]DigitState{DocumentNumber: v, Composite: v},
			"13AA00002",
		},
		"driving licence of ISO 18013, invented": {
			licence, IDL,
			map[FieldName]DigitState{Composite: v},
			"",
		},
		"Swiss driving licence, invented": {
			"AAA001D<<|FACHE305142128097<<740812<<<<<|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", CHDL,
			map[FieldName]DigitState{Composite: NotPrinted},
			"AAA001D<<",
		},
		"a line too long (Doc 9303-4 prints one)": {
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10", Unknown,
			map[FieldName]DigitState{Composite: NotPrinted},
			"",
		},
		"no line": {"", Unknown, map[FieldName]DigitState{Composite: NotPrinted}, ""},
		"no zone": {"HELLO|WORLD", Unknown, map[FieldName]DigitState{Composite: NotPrinted}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			z := Parse(strings.Split(tt.lines, "|"))
			if z.Format != tt.format {
				t.Errorf("format %q; want %q", z.Format, tt.format)
			}
			if d := cmp.Diff(tt.digits, digits(z)); d != "" {
				t.Errorf("check digits (-want +got):\n%s", d)
			}
			if f, _ := z.Field(DocumentNumber); f.Raw != tt.number {
				t.Errorf("document number %q; want %q", f.Raw, tt.number)
			}
		})
	}
}

// The first layout that fits decides, so a longer prefix must come first.
func TestLongerPrefixesComeFirst(t *testing.T) {
	for i, a := range Layouts {
		for _, b := range Layouts[i+1:] {
			same := a.Lines == b.Lines && a.Width == b.Width && a.First == b.First
			if same && strings.HasPrefix(b.Prefix, a.Prefix) {
				t.Errorf("%s hides %s", a.Format, b.Format)
			}
		}
	}
}

func TestMark(t *testing.T) {
	for f, want := range map[Format]Span{TD1: {}, TD2: {To: 5}, MRVB: {To: 5}, FRID: {To: 5}, TD3: {To: 1}, MRVA: {To: 1}, CHDL: {}, IDL: {To: 5}} {
		if got := Mark(f); got != want {
			t.Errorf("Mark(%s) = %v; want %v", f, got, want)
		}
	}
}

func TestParseName(t *testing.T) {
	for raw, want := range map[string]Name{
		"ERIKSSON<<ANNA<MARIA<<<":                 {Primary: "ERIKSSON", Secondary: "ANNA MARIA"},
		"VAN<DER<MUELLEN<<MARIANNE<LOUISE<<":      {Primary: "VAN DER MUELLEN", Secondary: "MARIANNE LOUISE"},
		"ARKFREITH<<<<<<":                         {Primary: "ARKFREITH"},
		"BENNELONG<WOOLOOMOOLOO<W<<DINGO<POTOROO": {Primary: "BENNELONG WOOLOOMOOLOO W", Secondary: "DINGO POTOROO", Truncated: true},
		"<ERIKSSON<<ANNA<":                        {Primary: "ERIKSSON", Secondary: "ANNA", Irregular: true},
		"ERIKSSON<<ANNA<<MARIA<":                  {Primary: "ERIKSSON", Secondary: "ANNA MARIA", Irregular: true},
		"ERIKSSON<<<ANNA<":                        {Primary: "ERIKSSON", Secondary: "ANNA", Irregular: true},
		"<<<<":                                    {},
		"":                                        {},
	} {
		if got := ParseName(raw); got != want {
			t.Errorf("ParseName(%q) = %+v; want %+v", raw, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		field Field
		want  []int
	}{
		"digit in a name":               {Field{Name: NameOfHolder, Raw: "ERIKS5ON<<ANNA<"}, []int{5}},
		"letter in a date":              {Field{Name: DateOfBirth, Raw: "74O812"}, []int{2}},
		"half a day":                    {Field{Name: DateOfBirth, Raw: "74081<"}, []int{5}},
		"unknown day":                   {Field{Name: DateOfBirth, Raw: "7408<<"}, nil},
		"unknown date":                  {Field{Name: DateOfBirth, Raw: "<<<<<<"}, nil},
		"hole in a State":               {Field{Name: IssuingState, Raw: "U<O"}, []int{1}},
		"short State":                   {Field{Name: IssuingState, Raw: "D<<"}, nil},
		"numbered code of a card":       {Field{Name: DocumentCode, Raw: "C1", numbered: true}, nil},
		"number before a code":          {Field{Name: DocumentCode, Raw: "1C", numbered: true}, []int{0}},
		"numbered code of a passport":   {Field{Name: DocumentCode, Raw: "P1"}, []int{1}},
		"no document code":              {Field{Name: DocumentCode, Raw: "<P"}, []int{0}},
		"X for sex":                     {Field{Name: Sex, Raw: "X"}, []int{0}},
		"sex unspecified":               {Field{Name: Sex, Raw: "<"}, nil},
		"anything in the optional data": {Field{Name: OptionalData, Raw: "<A1<<"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.field.Faults(); !cmp.Equal(got, tt.want) {
				t.Errorf("faults at %v; want %v", got, tt.want)
			}
		})
	}
}

func TestConforms(t *testing.T) {
	for name, tt := range map[string]struct {
		lines string
		want  bool
	}{
		"specimen":               {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10", true},
		"French card":            {french, true},
		"long number":            {full, true},
		"no composite (visa)":    {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|L8988901C4XXX4009078F9612109<<<<<<<<", true},
		"wrong digit":            {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408123F1204159ZE184226B<<<<<10", false},
		"digit in a name":        {"P<UTOERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10", false},
		"Germany":                {"P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36D<<7408122F1204159ZE184226B<<<<<10", true},
		"hole in a State":        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36U<O7408122F1204159ZE184226B<<<<<10", false},
		"X for sex":              {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122X1204159ZE184226B<<<<<10", false},
		"sex unspecified":        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122<1204159ZE184226B<<<<<10", true},
		"no zone":                {"HELLO", false},
		"green card, C1 (no FP)": {"C1UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<", true},
	} {
		t.Run(name, func(t *testing.T) {
			z := Parse(strings.Split(tt.lines, "|"))
			if got := z.Conforms(); got != tt.want {
				t.Errorf("conforms %v; want %v", got, tt.want)
			}
		})
	}
}

func TestCovered(t *testing.T) {
	licence := Parse([]string{"D1FRA13AA000026181231MARTIN<<9"})
	number, _ := licence.Field(DocumentNumber)
	expiry, _ := licence.Field(DateOfExpiry)
	card := Parse(strings.Split(full, "|"))
	long, _ := card.Field(DocumentNumber)
	for name, tt := range map[string]struct{ got, want []Span }{
		"code and State too": {number.Covered(), []Span{{0, 0, 14}, {0, 14, 15}}},
		"no digit":           {expiry.Covered(), nil},
		"long number":        {long.Covered(), []Span{{0, 5, 14}, {0, 15, 29}, {0, 29, 30}}},
	} {
		if d := cmp.Diff(tt.want, tt.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"TD3":  "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"TD1":  "I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		"TD2":  "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6",
		"long": "I<UTOD23145890<7349<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	} {
		lines := strings.Split(s, "|")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				z := Parse(lines)
				if !z.Conforms() {
					b.Fatal("the specimen does not conform")
				}
			}
		})
	}
}

// A zone is read and judged without a single allocation.
func TestParseAllocatesNothing(t *testing.T) {
	for _, s := range []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10", full, french} {
		lines := strings.Split(s, "|")
		if n := testing.AllocsPerRun(100, func() {
			z := Parse(lines)
			z.Conforms()
		}); n != 0 {
			t.Errorf("%s: %v allocations", FormatOf(lines), n)
		}
	}
}
