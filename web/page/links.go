package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"touchstone.internal/pipeline/casework"
)

// Words of links, as forms and lines say them. A link is read from its first person to
// its second, and back.
//
//nolint:gochecknoglobals // tables, never written
var (
	linkWords = map[casework.LinkKind][2]string{
		casework.LinkParent: {"Parent of", "Child of"}, casework.LinkGuardian: {"Looks after, as a child", "Looked after, as a child, by"},
		casework.LinkPartner: {"Partner of", "Partner of"}, casework.LinkSibling: {"Brother or sister of", "Brother or sister of"},
		casework.LinkFamily: {"Other family of", "Other family of"}, casework.LinkDebt: {"Works off a debt to", "Is owed a debt that is worked off by"},
		casework.LinkRent: {"Works off what a place to live costs, to", "Is owed for a place to live by"}, casework.LinkHome: {"Lives with", "Lives with"},
		casework.LinkAssists: {"Helps, or arranged the journey of", "Is helped, or had the journey arranged, by"},
		casework.LinkSame:    {"Came back: may be the same as", "May have come back as"},
	}
	statusWords = map[casework.LinkStatus]string{
		casework.LinkClaimed: "Claimed", casework.LinkVerified: "Verified", casework.LinkRejected: "Rejected: it turned out wrong",
	}
	traceWords = map[casework.TraceKind]string{
		casework.TracePicture: "the same picture, byte for byte", casework.TraceNumber: "the same document number",
		casework.TraceAddress: "the same address", casework.TraceTelephone: "the same telephone number",
	}
	gradeSources  = map[byte]string{'1': "reliable source", '2': "untested source", '3': "source not reliable"}
	gradeContents = map[byte]string{
		'A': "known directly", 'B': "known indirectly, corroborated", 'C': "known indirectly", 'D': "not known", 'E': "suspected to be false",
	}
)

// linksShown are the links that the page of a person shows: not those that might speak
// against them while safety comes first, and on paper none but those that may be there.
func linksShown(v Person, print bool) []casework.Link {
	return slices.DeleteFunc(v.Group.LinksOf(v.Person.Number), func(l casework.Link) bool {
		return v.waits(l) || print && !v.Group.OnPaper(l)
	})
}

// linksWaiting are those that wait while safety comes first. They are never on paper.
func linksWaiting(v Person, print bool) []casework.Link {
	return slices.DeleteFunc(v.Group.LinksOf(v.Person.Number), func(l casework.Link) bool { return print || !v.waits(l) })
}

// waits tells whether a link is folded away on the page of this person.
func (v Person) waits(l casework.Link) bool {
	return v.Group.Waits(l) && l.From.Number == v.Person.Number
}

// linkLine says a link as it is read from one of the two: "Parent of person 2".
func linkLine(l casework.Link, from casework.PersonAt) string {
	if l.From == from {
		return linkWords[l.Kind][0] + " " + personWord(l.To, from.Encounter)
	}
	return linkWords[l.Kind][1] + " " + personWord(l.From, from.Encounter)
}

// personWord names a person as the page of an encounter does.
func personWord(p casework.PersonAt, encounter string) string {
	switch p.Encounter {
	case "":
		return "somebody of an encounter of other officers"
	case encounter:
		return fmt.Sprint("person ", p.Number)
	}
	return fmt.Sprintf("person %d of %s", p.Number, p.Encounter)
}

// linkOpen tells whether the form for a link has to be seen: a mistake is in it.
func linkOpen(es []Error) bool {
	return slices.ContainsFunc(es, func(e Error) bool { return strings.HasPrefix(e.Field, "link-") })
}

// linkChoices are the options of the form's fields.
func linkChoices(now string) (out []option) {
	for _, k := range casework.LinkKinds {
		out = append(out, option{string(k), linkWords[k][0], string(k) == now})
	}
	return out
}

func statusChoices(now string) (out []option) {
	for _, s := range casework.LinkStatuses {
		out = append(out, option{string(s), statusWords[s], string(s) == now})
	}
	return out
}

// gradeChoices are all grades, in words; what nobody has graded is chosen first.
func gradeChoices(now string) (out []option) {
	if now == "" {
		now = string(casework.Ungraded)
	}
	for _, g := range casework.Grades {
		out = append(out, option{string(g), gradeWord(g), string(g) == now})
	}
	return out
}

// gradeWord says a grade: "2D: untested source, not known".
func gradeWord(g casework.Grade) string {
	if len(g) != 2 {
		return string(g)
	}
	return fmt.Sprintf("%s: %s, %s", g, gradeSources[g[0]], gradeContents[g[1]])
}

// linkFunctions are what the pages about links need.
func linkFunctions() template.FuncMap {
	return template.FuncMap{
		"lower": lower, "linksShown": linksShown, "linksWaiting": linksWaiting, "linkLine": linkLine, "linkOpen": linkOpen, "linkChoices": linkChoices,
		"statusChoices": statusChoices, "gradeChoices": gradeChoices, "gradeWord": gradeWord, "personWord": personWord,
		"personAt": func(encounter string, number int) casework.PersonAt {
			return casework.PersonAt{Encounter: encounter, Number: number}
		},
		"statusWord": func(s casework.LinkStatus) string { return statusWords[s] },
		"traceWord":  func(k casework.TraceKind) string { return traceWords[k] },
	}
}
