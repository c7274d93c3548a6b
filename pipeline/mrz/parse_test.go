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
	for _, f := range z.Fields {
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

func TestMark(t *testing.T) {
	for f, want := range map[Format]Span{TD1: {}, TD2: {To: 5}, MRVB: {To: 5}, FRID: {To: 5}, TD3: {To: 1}, MRVA: {To: 1}} {
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
		"<<<<": {},
		"":     {},
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

func FuzzParse(f *testing.F) {
	f.Add("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10")
	f.Add("I<UTOD23145890<XYZ5<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<9|ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
	f.Add("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D23145890<UTO7408122F1204159AB12345|")
	f.Add("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D23145890<UTO7408122F1204159AB123456")
	f.Add("|")
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(s, "|")
		z := Parse(lines)
		l, known := LayoutOf(z.Format)
		if !known {
			if len(z.Fields) > 0 {
				t.Error("fields without a format")
			}
			return
		}
		if len(z.Fields) != len(l.Places) {
			t.Errorf("%d fields; want %d", len(z.Fields), len(l.Places))
		}
		claimed := map[[2]int]int{} // every character belongs to one thing at most
		claim := func(sp Span) {
			for c := sp.From; c < sp.To; c++ {
				claimed[[2]int{sp.Line, c}]++
			}
		}
		for _, f := range z.Fields {
			raw := ""
			for _, sp := range f.Spans {
				raw += z.Text(sp)
				claim(sp)
			}
			if raw != f.Raw {
				t.Errorf("%s: spans say %q, raw says %q", f.Name, raw, f.Raw)
			}
			claim(f.Digit.At)
			_ = f.Faults()
			wantState(t, f.Digit)
		}
		claim(z.Composite.At)
		wantState(t, z.Composite)
		for at, n := range claimed {
			if n > 1 {
				t.Errorf("character %v belongs to %d things", at, n)
			}
		}
		if free := l.Lines*l.Width - len(claimed); free > 1 { // the filler of a long number
			t.Errorf("%d characters belong to nothing", free)
		}
	})
}

func wantState(t *testing.T, d Digit) {
	t.Helper()
	if (d.State == Verified) != (d.Printed == d.Computed && d.Printed != 0) && d.State != NotPrinted {
		t.Errorf("printed %q, computed %q: %s", d.Printed, d.Computed, d.State)
	}
}

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"TD3":  "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"TD1":  "I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		"long": "I<UTOD23145890<XYZ5<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<9|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	} {
		lines := strings.Split(s, "|")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(lines)
			}
		})
	}
}
