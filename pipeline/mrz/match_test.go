package mrz

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// field pads a name to the width of a TD3's.
func field(name string) string { return name + strings.Repeat("<", max(39-len(name), 0)) }

func TestMatch(t *testing.T) {
	name := func(primary, secondary string) Printed { return Printed{Primary: primary, Secondary: secondary} }
	in := func(l Language, primary, secondary string) Printed { return Printed{primary, secondary, l} }
	const long1, long2 = "Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo" //nolint:misspell // a place in an example of Doc 9303
	for title, tt := range map[string]struct {
		printed Printed
		zone    string
		want    NameMatch
	}{
		"plain":                             {name("Eriksson", "Anna Maria"), field("ERIKSSON<<ANNA<MARIA"), NameLawful},
		"another name":                      {name("Eriksson", "Anna Maria"), field("ERICSSON<<ANNA<MARIA"), NameUnlawful},
		"a component missing":               {name("Eriksson", "Anna Maria"), field("ERIKSSON<<ANNA"), NameUnlawful},
		"a component too many":              {name("Eriksson", "Anna"), field("ERIKSSON<<ANNA<MARIA"), NameUnlawful},
		"identifiers exchanged":             {name("Eriksson", "Anna"), field("ANNA<<ERIKSSON"), NameUnlawful},
		"primary alone":                     {name("Arkfreith", ""), field("ARKFREITH"), NameLawful},
		"apostrophe (Doc 9303-3, 4.6)":      {name("D'Artagnan", "O’Hara"), field("DARTAGNAN<<OHARA"), NameLawful},
		"apostrophe as a filler":            {name("D'Artagnan", "A"), field("D<ARTAGNAN<<A"), NameUnlawful},
		"hyphen (Doc 9303-3, 4.6)":          {name("Eriksson", "Marie-Elise"), field("ERIKSSON<<MARIE<ELISE"), NameLawful},
		"hyphen left out":                   {name("Eriksson", "Marie-Elise"), field("ERIKSSON<<MARIEELISE"), NameUnlawful},
		"comma inside":                      {name("Eriksson", "Anna, Maria"), field("ERIKSSON<<ANNA<MARIA"), NameLawful},
		"full stop left out":                {name("St. Clair", "J."), field("ST<CLAIR<<J"), NameLawful},
		"N tilde, the first way":            {name("Cañon", "Thérèse"), field("CANON<<THERESE"), NameLawful},
		"N tilde, the other":                {name("CAÑON", "THÉRÈSE"), field("CANXXON<<THERESE"), NameLawful},
		"U with dots, three ways: UE":       {name("Müller", "Jörg"), field("MUELLER<<JOERG"), NameLawful},
		"U with dots, three ways: U":        {name("Müller", "Jörg"), field("MULLER<<JORG"), NameLawful},
		"U with dots, three ways: UXX":      {name("Müller", "Jörg"), field("MUXXLLER<<JORG"), NameLawful},
		"U with dots, none of the three":    {name("Müller", "Jörg"), field("MYLLER<<JORG"), NameUnlawful},
		"dots as a mark of their own":       {name("Mu\u0308ller", "Jo\u0308rg"), field("MUELLER<<JOERG"), NameLawful},
		"another mark of its own":           {name("Cle\u0301ment", "A"), field("CLEMENT<<A"), NameLawful},
		"sharp s":                           {name("Groß", "A"), field("GROSS<<A"), NameLawful},
		"O with stroke has one form":        {name("Sørensen", "A"), field("SORENSEN<<A"), NameUnlawful},
		"letter of no table, one for it":    {name("Əliyev", "A"), field("ALIYEV<<A"), NameOpen},
		"letter of no table, another name":  {name("Əliyev", "A"), field("ALIZEV<<A"), NameUnlawful},
		"Russian":                           {in(Russian, "Щербаков", "Юрий"), field("SHCHERBAKOV<<IURII"), NameLawful},
		"Bulgarian":                         {in(Bulgarian, "Щербаков", "Юрий"), field("SHTERBAKOV<<IURII"), NameLawful},
		"Bulgarian is not Russian":          {in(Russian, "Щербаков", "Юрий"), field("SHTERBAKOV<<IURII"), NameUnlawful},
		"Cyrillic of any language":          {name("Щербаков", "Юрий"), field("SHTERBAKOV<<IURII"), NameLawful},
		"Ukrainian, first letter":           {in(Ukrainian, "Яценко", "Юлія"), field("YATSENKO<<YULIIA"), NameLawful},
		"Ukrainian, not the first":          {in(Ukrainian, "Яценко", "Юлія"), field("YATSENKO<<YULIYA"), NameUnlawful},
		"Serbian":                           {in(Serbian, "Шарац", "Жељко"), field("SARAC<<ZELJKO"), NameLawful},
		"Arabic (Doc 9303-3, 6.C, shadda)":  {name("عبّاس", "فضّة"), field("EBBAS<<FXDZDZXAH"), NameLawful},
		"Arabic, sequence repeated":         {name("عبّاس", "فضّة"), field("EBBAS<<FXDZXDZXAH"), NameLawful},
		"Arabic, last letter as inside":     {name("عبّاس", "فضّة"), field("EBBAS<<FXDZDZXTA"), NameUnlawful},
		"truncated (Doc 9303-4, 4.2.3)":     {name("Nilavadhanananda", "Chayapa Dejthamrong Krasuang"), "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", NameLawful},
		"truncated, primary":                {name(long1, long2), "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WA<<D", NameLawful}, //nolint:misspell // as above
		"truncated, to initials":            {name(long1, long2), "BENNELONG<WOOLOOMOOLOO<W<W<<DINGO<POTOR", NameLawful},
		"truncated, ends in a filler":       {name(long1, long2), field("BENNELONG<WOOLOOMOOLOO<W<W<<DINGO"), NameOpen},
		"truncated, no secondary":           {name(strings.Repeat("A", 60), "B"), strings.Repeat("A", 39), NameOpen},
		"truncated, another":                {name(long1, long2), "BENNELONG<WOOLOOMOOLOO<X<W<<DINGO<POTOR", NameUnlawful},
		"truncated, first missing":          {name(long1, long2), "WOOLOOMOOLOO<WARRANDYTE<WARNAMBOOL<<DIN", NameUnlawful}, //nolint:misspell // as above
		"truncated though there is room":    {name("Eriksson", "Anna Maria"), field("ERIKSSON<<ANNA<M"), NameUnlawful},
		"truncated inside a double letter":  {name("Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaä", "B"), "A" + strings.Repeat("A", 34) + "<<B" + "C", NameUnlawful},
		"nothing in the zone":               {name("Eriksson", "Anna"), field(""), NameUnlawful},
		"nothing printed, something in it":  {name("", ""), field("ERIKSSON"), NameUnlawful},
		"nothing at all":                    {name("", ""), "", NameLawful},
		"digit printed, which cannot be in": {name("Eriksson 2", "A"), field("ERIKSSON<<A"), NameLawful},
	} {
		t.Run(title, func(t *testing.T) {
			if got := tt.printed.Match(tt.zone); got != tt.want {
				t.Errorf("%+v in %q: %s; want %s", tt.printed, tt.zone, got, tt.want)
			}
			if tt.printed.Lawful(tt.zone) != (tt.want == NameLawful) {
				t.Error("Lawful says otherwise")
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	for printed, want := range map[string][]string{
		"Müller-Lüdenscheidt": {"MUELLER<LUEDENSCHEIDT", "MUELLER<LUXXDENSCHEIDT", "MUELLER<LUDENSCHEIDT", "MUXXLLER<LUEDENSCHEIDT"},
		"ERIKSSON":            {"ERIKSSON"},
		"":                    {""},
	} {
		if d := cmp.Diff(want, Spellings(printed, AnyLanguage, 4)); d != "" {
			t.Errorf("%s (-want +got):\n%s", printed, d)
		}
	}
}

// Every spelling of a name is lawful, and no other letter in one is.
func TestSpellingsAreLawful(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.StringMatching("[A-ZÄÖÜÑÅØÞŁŽẞ]{1,8}([ -][A-ZÄÖÜÑÅ]{1,6})?")
		p := Printed{Primary: draw.Draw(t, "primary"), Secondary: draw.Draw(t, "secondary")}
		forms := Spellings(p.Primary, AnyLanguage, 50)
		zone := rapid.SampledFrom(forms).Draw(t, "form") + "<<" + Spellings(p.Secondary, AnyLanguage, 1)[0] + "<"
		if got := p.Match(zone); got != NameLawful {
			t.Errorf("%+v in %q: %s", p, zone, got)
		}
		if other := "Q" + zone; !strings.HasPrefix(p.Primary, "Q") && p.Match(other) != NameUnlawful {
			t.Errorf("%+v in %q: %s", p, other, p.Match(other))
		}
	})
}

// A name with a choice in every letter has three to the power of its length
// forms, and is compared at once.
func TestMatchDoesNotMultiply(t *testing.T) {
	p := Printed{Primary: strings.Repeat("Ü", 18), Secondary: strings.Repeat("Ü", 19)}
	start := time.Now()
	for _, zone := range []string{strings.Repeat("U", 18) + "<<" + strings.Repeat("U", 19), strings.Repeat("UE", 18) + "<<U", strings.Repeat("U", 38) + "X"} {
		p.Match(zone)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %s", took)
	}
	if !p.Lawful(strings.Repeat("U", 18) + "<<" + strings.Repeat("U", 19)) {
		t.Error("the shortest form is not lawful")
	}
}

func TestTablesAreOfTheStandard(t *testing.T) {
	for n, want := range map[int]int{len(latin): 95 + 1, len(cyrillic): 48, len(arabic): 80} { // and ß, which is ẞ in lower case
		if n != want {
			t.Errorf("a table has %d rows; want %d", n, want)
		}
	}
	lawful := func(form string) bool {
		return form == strings.ToUpper(form) && utf8.RuneCountInString(form) == len(form)
	}
	for r, s := range latin {
		for f := range strings.FieldsSeq(s) {
			if !lawful(f) {
				t.Errorf("%c is %q", r, f)
			}
		}
	}
	for r, c := range cyrillic {
		if !slices.ContainsFunc(c.forms(AnyLanguage, true), lawful) {
			t.Errorf("%c is %v", r, c)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("Müller", "Anna Maria", "MUELLER<<ANNA<MARIA<<<<<")
	f.Add("عبّاس", "فضّة", "EBBAS<<FXDZDZXAH")
	f.Add("Яценко", "Юлія", "YATSENKO<<YULIIA<<<")
	f.Add("Əliyev", "", "ALIYEV<<<")
	f.Fuzz(func(t *testing.T, primary, secondary, field string) {
		p := Printed{Primary: primary, Secondary: secondary}
		m := p.Match(field)
		if m != NameLawful && m != NameUnlawful && m != NameOpen {
			t.Errorf("%q", m)
		}
		for _, s := range Spellings(primary, AnyLanguage, 20) {
			name := Printed{Primary: primary}
			if strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
				t.Errorf("%q is spelt %q", primary, s)
			}
			if got := name.Match(s + "<"); got == NameUnlawful && len(s) < 60 && s != "" && rules(spell(primary, AnyLanguage)) {
				t.Errorf("%q for %q: %s", s, primary, got)
			}
		}
	})
}
