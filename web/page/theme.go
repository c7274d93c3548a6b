package page

import (
	"fmt"
	"html/template"
	"maps"
	"regexp"

	"touchstone.internal/pipeline"
)

// frameFunctions are what the frame round every page calls.
func frameFunctions() template.FuncMap {
	f := template.FuncMap{
		"dark":      darkOn,
		"themes":    themesOf,
		"marking":   func() string { return marking },
		"reference": referenceOf,
	}
	maps.Copy(f, searchFunctions())
	maps.Copy(f, helpFunctions())
	return f
}

// Theme is which colours a reader chose for the screen.
type Theme string

// The themes. Auto follows the device.
const (
	Auto  Theme = ""
	Light Theme = "light"
	Dark  Theme = "dark"
)

// ParseTheme reads a theme that came from outside.
func ParseTheme(s string) (Theme, error) {
	switch t := Theme(s); t {
	case Auto, Light, Dark:
		return t, nil
	}
	return "", fmt.Errorf("a theme is light, dark or nothing")
}

// darkOn is for which media the dark style sheet holds; empty if for none. It is
// never paper.
func darkOn(s Shell) string {
	return map[Theme]string{Auto: "screen and (prefers-color-scheme:dark)", Dark: "screen"}[s.Theme]
}

// themesOf are the choices at the foot of every page.
func themesOf(s Shell) []option {
	return options(string(s.Theme), [][2]string{{string(Auto), "As the device"}, {string(Light), "Light"}, {string(Dark), "Dark"}})
}

// marking is what stands on every printed sheet.
const marking = "OFFICIAL-SENSITIVE"

// referenceOf is what every printed sheet is known by: the document, or the page
// reference where there is none.
func referenceOf(c content) string {
	if v, ok := c.View.(interface{ Reference() pipeline.DocumentID }); ok && v.Reference() != "" {
		return string(v.Reference())
	}
	if c.Shell.Request == "" {
		return "Touchstone"
	}
	return "page reference " + c.Shell.Request
}

// Reference is that of the document.
func (v Document) Reference() pipeline.DocumentID { return v.Document.ID }

// Reference is that of the document before the reviewer.
func (v Review) Reference() pipeline.DocumentID { return v.Review.Document }

// folded is the start of what a reader can fold, open or not.
var folded = regexp.MustCompile(`<details\b([^>]*?)( open)?>`)

// unfold opens what can be folded: paper has nothing to click on. No text of a
// page looks like this, since templates escape it.
func unfold(page []byte) []byte { return folded.ReplaceAll(page, []byte("<details$1 open>")) }
