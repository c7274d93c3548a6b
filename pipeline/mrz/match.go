package mrz

import "strings"

// Printed is a name as it stands in the visual zone: both identifiers, in any
// script of Doc 9303-3, section 6, and the language if it is known.
type Printed struct {
	Primary, Secondary string
	Language           Language
}

// NameMatch is how a name field of a zone stands to the printed name.
type NameMatch string

// The ways a zone's name can stand to the printed one.
const (
	NameLawful   NameMatch = "lawful"   // one of the forms that the standard allows
	NameUnlawful NameMatch = "unlawful" // none of them
	NameOpen     NameMatch = "open"     // it depends on a character or a truncation without a rule
)

// Match compares a name field with the whole set of its lawful forms, without
// writing that set out: every character's forms are followed side by side
// (Doc 9303-3, 4.6 and section 6). A field that ends in a letter may be
// truncated: each component is then the beginning of its own, and the last
// ones may be missing (Doc 9303-4, 4.2.3; several ways are lawful). Titles and
// suffixes that an issuer leaves out have no rule and make a name unlawful.
func (p Printed) Match(field string) NameMatch {
	primary, secondary := spell(p.Primary, p.Language), spell(p.Secondary, p.Language)
	text := strings.TrimRight(field, string(Filler))
	head, tail, _ := strings.Cut(text, "<<")
	heads, tails := strings.FieldsFunc(head, isFill), strings.FieldsFunc(tail, isFill)
	filled := len(text) == len(field)
	full := whole(primary, heads) && whole(secondary, tails)
	known := rules(primary) && rules(secondary)
	switch {
	case full && known:
		return NameLawful
	case full:
		return NameOpen
	case fits(primary, secondary, len(field)) || !begins(primary, heads):
		return NameUnlawful
	case filled && len(tails) == 0: // no room for a letter of the secondary identifier, which the rules ask for
		return NameOpen
	case !begins(secondary, tails):
		return NameUnlawful
	case known && filled:
		return NameLawful
	}
	return NameOpen
}

// Lawful tells whether a name field is surely one of the lawful forms.
func (p Printed) Lawful(field string) bool { return p.Match(field) == NameLawful }

// whole tells whether the components of a field are those of a name, complete.
func whole(name [][]letter, field []string) bool {
	if len(name) != len(field) {
		return false
	}
	for i, c := range name {
		if end, _ := follow(c, field[i]); !end {
			return false
		}
	}
	return true
}

// begins tells whether the components of a field are beginnings of those of a
// name, in order; the last ones may be missing, but not the first.
func begins(name [][]letter, field []string) bool {
	if len(field) > len(name) || len(name) > 0 && len(field) == 0 {
		return false
	}
	for i, s := range field {
		if _, begun := follow(name[i], s); !begun {
			return false
		}
	}
	return true
}

// most is how many letters a character of no table may stand for.
const most = 4

// follow reads a component along a text. It keeps the set of places that some
// choice of forms reaches, as bits, since no line of a zone is longer than 64.
// End is whether all of the letters make all of the text; begun is whether the
// text is where some form of them begins.
func follow(component []letter, text string) (end, begun bool) {
	if len(text) > 63 {
		return false, false
	}
	reach := uint64(1)
	goal := uint64(1) << len(text)
	for _, l := range component {
		next := uint64(0)
		for at := range len(text) {
			if reach>>at&1 == 0 {
				continue
			}
			for _, f := range l.forms {
				if strings.HasPrefix(text[at:], f) {
					next |= 1 << (at + len(f))
				}
				begun = begun || strings.HasPrefix(f, text[at:])
			}
		}
		if len(l.forms) == 0 {
			for n := range most + 1 {
				next |= reach << n
			}
		}
		begun = begun || next&goal != 0
		reach = next
	}
	return reach&goal != 0, begun
}

// rules tells whether every character has a form in the tables.
func rules(name [][]letter) bool {
	for _, c := range name {
		for _, l := range c {
			if len(l.forms) == 0 {
				return false
			}
		}
	}
	return true
}

// fits tells whether even the longest form of a name has room in a field, so
// that it must not be truncated (Doc 9303-3, 4.6).
func fits(primary, secondary [][]letter, width int) bool {
	n := longest(primary)
	if len(secondary) > 0 {
		n += len("<<") + longest(secondary)
	}
	return n <= width
}

func longest(name [][]letter) int {
	n := max(len(name)-1, 0) // fillers between components
	for _, c := range name {
		for _, l := range c {
			long := 0
			for _, f := range l.forms {
				long = max(long, len(f))
			}
			if long == 0 {
				long = most
			}
			n += long
		}
	}
	return n
}
