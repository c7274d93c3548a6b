package page

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// byID finds the element of an id.
func byID(t *testing.T, page, id string) *html.Node {
	t.Helper()
	var found *html.Node
	walk(parse(t, page), func(n *html.Node) {
		if v, _ := attr(n, "id"); v == id {
			found = n
		}
	})
	return found
}

// TestS20Pages is "takes priority initially" on pages: while somebody comes first,
// welfare is the first block, and what bears on the person is folded, with the
// reason, on the page of the person and on that of a document.
func TestS20Pages(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		switch e.name {
		case "person-locked":
			s := render(t, p, e)
			if folded := byID(t, s, "waits"); folded == nil || !strings.Contains(textOf(folded), "no leave to enter") {
				t.Error("what might speak against the person is not in the folded part")
			}
			if strings.Count(s, "no leave to enter") != 1 || strings.Index(s, `id="prompts"`) > strings.Index(s, "What to do") {
				t.Error("it is outside of the folded part, or welfare is not the first block")
			}
		case "document-first", "document-first-reviewer":
			s := render(t, p, e)
			if folded := byID(t, s, "folded"); folded == nil || !strings.Contains(textOf(folded), "Why we are telling you this") {
				t.Error("what was found is not folded")
			}
			if strings.Index(s, `id="first"`) > strings.Index(s, `id="result"`) || !strings.Contains(s, `id="first"`) {
				t.Errorf("%s: welfare is not the first line", e.name)
			}
			if way := strings.Contains(s, "/people/2"); way != (e.name == "document-first") {
				t.Errorf("%s: a way to the person: %t", e.name, way)
			}
		case "document-high":
			if byID(t, render(t, p, e), "folded") != nil {
				t.Error("something is folded where nobody comes first")
			}
		}
	}
}

// TestS5gPages: the page of a companion does not tell that somebody else may
// exploit them, on the screen or on paper.
func TestS5gPages(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		if e.name != "person-company" && e.name != "person-locked" {
			continue
		}
		e.shell.Print = true
		s := render(t, p, e)
		for _, word := range []string{"held the passports of two others", "Person 1", "person 1"} {
			if strings.Contains(s, word) {
				t.Errorf("%s says %q", e.name, word)
			}
		}
		if strings.Contains(s, "Helps, or arranged the journey of") || !strings.Contains(s, "Brother or sister of person") {
			t.Errorf("%s prints what speaks against somebody, or not their family", e.name)
		}
		if !strings.Contains(s, "Ask each person of this group alone") {
			t.Errorf("%s does not ask after them", e.name)
		}
	}
}
