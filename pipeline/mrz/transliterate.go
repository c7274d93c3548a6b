package mrz

import (
	"strings"
	"unicode"
)

// Language tells apart the Cyrillic alphabets, which Doc 9303-3, 6.B writes
// differently. AnyLanguage, the zero value, allows what any of them allows.
type Language string

// The languages that Doc 9303-3, 6.B makes exceptions for.
const (
	AnyLanguage Language = ""
	Belarusian  Language = "be"
	Bulgarian   Language = "bg"
	Macedonian  Language = "mk"
	Serbian     Language = "sr"
	Ukrainian   Language = "uk"
	Russian     Language = "ru" // without an exception
)

// Forms are the lawful ways to write one character in a zone.
type Forms []string

// letter is one character of a printed name, with its forms; none if no table
// has it, so that anything of a few letters may stand for it.
type letter struct{ forms Forms }

// spell turns a printed identifier into components of letters, as Doc 9303-3,
// 4.6 and section 6 say: apostrophes and other punctuation are left out,
// hyphens, commas and spaces part components. The choices are kept apart and
// never multiplied out.
func spell(printed string, l Language) [][]letter {
	var components [][]letter
	for word := range strings.FieldsFuncSeq(recompose.Replace(printed), parts) {
		runes := []rune(word)
		var c []letter
		for i, r := range runes {
			switch forms, known := formsOf(r, l, i == 0, i == len(runes)-1); {
			case r == shadda && len(c) > 0:
				c[len(c)-1] = doubled(c[len(c)-1])
			case known && forms != nil:
				c = append(c, letter{forms})
			case !known && unicode.IsLetter(r):
				c = append(c, letter{})
			}
		}
		if len(c) > 0 {
			components = append(components, c)
		}
	}
	return components
}

// parts tells whether r parts two components of a name.
func parts(r rune) bool {
	switch r {
	case '-', '‐', '‑', '–', ',', Filler:
		return true
	}
	return unicode.IsSpace(r)
}

// recompose joins the letters of section 6.A that have more than one form with
// their marks. Other marks after a Latin letter change nothing there and are
// left out with the punctuation.
var recompose = strings.NewReplacer( //nolint:gochecknoglobals // never written
	"A\u0308", "Ä", "a\u0308", "ä", "A\u030a", "Å", "a\u030a", "å", "N\u0303", "Ñ", "n\u0303", "ñ",
	"O\u0308", "Ö", "o\u0308", "ö", "U\u0308", "Ü", "u\u0308", "ü",
)

// formsOf looks one character up. Known and without forms is what is not
// written at all.
func formsOf(r rune, l Language, first, last bool) (f Forms, known bool) {
	if r < 0x80 {
		if r = unicode.ToUpper(r); r >= 'A' && r <= 'Z' {
			return Forms{string(r)}, true
		}
		return nil, !unicode.IsDigit(r)
	}
	if a, ok := arabic[r]; ok {
		return arabicForms(a, last), true
	}
	upper := unicode.ToUpper(r)
	if s, ok := latin[upper]; ok {
		return strings.Fields(s), true
	}
	if c, ok := cyrillic[upper]; ok {
		return c.forms(l, first), true
	}
	return nil, unicode.IsMark(r) || unicode.IsPunct(r)
}

// forms gives how a Cyrillic letter is written in a language, or, if that is
// not known, in any.
func (c cyrillicLetter) forms(l Language, first bool) Forms {
	if l == AnyLanguage {
		all := Forms{c.general}
		for _, e := range c.except {
			if !e.first || first {
				all = append(all, e.form)
			}
		}
		return all
	}
	for _, e := range c.except {
		if e.language == l && (!e.first || first) {
			return Forms{e.form}
		}
	}
	return Forms{c.general}
}

// arabicForms gives the one form of an Arabic character. U+0629 has
// another at the end of a component.
func arabicForms(form string, last bool) Forms {
	middle, end, two := strings.Cut(form, "/")
	switch {
	case form == "":
		return nil
	case two && last:
		return Forms{end}
	}
	return Forms{middle}
}

// doubled writes a letter twice, which is what shadda means. Of a sequence that
// begins with X the standard's example repeats what follows the X; its rule
// repeats the sequence.
func doubled(l letter) letter {
	var out letter
	for _, f := range l.forms {
		if rest, ok := strings.CutPrefix(f, "X"); ok {
			out.forms = append(out.forms, f+rest)
		}
		out.forms = append(out.forms, f+f)
	}
	return out
}

// Spellings gives lawful forms of a printed identifier, at most so many, the
// first choice of every table first. Characters of no table are left out.
func Spellings(printed string, l Language, limit int) []string {
	out := []string{""}
	for i, component := range spell(printed, l) {
		if i > 0 {
			out = product(out, Forms{string(Filler)}, limit)
		}
		for _, c := range component {
			out = product(out, c.forms, limit)
		}
	}
	return out
}

// product continues each beginning with each form.
func product(begun []string, forms Forms, limit int) []string {
	if len(forms) == 0 {
		return begun
	}
	var out []string
	for _, b := range begun {
		for _, f := range forms {
			if len(out) < limit {
				out = append(out, b+f)
			}
		}
	}
	return out
}
