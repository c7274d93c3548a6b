package page

import (
	"strings"
)

// input is one line to fill in, with its label, hint and mistake.
type input struct {
	Name, Label, Value string
	Hint, Error        string
	Type, Autocomplete string
}

// inputOf is a line of text; the name is also the id.
func inputOf(name, label, value string, errs []Error) input {
	return input{Name: name, Label: label, Value: value, Error: errorOn(name, errs), Type: "text", Autocomplete: "off"}
}

// Password makes it one for a password, which browsers and password managers
// know by the word that they have for it.
func (i input) Password(autocomplete, hint string) input {
	i.Type, i.Autocomplete, i.Hint = "password", autocomplete, hint
	return i
}

// DescribedBy names what a screen reader reads after the label.
func (i input) DescribedBy() string {
	var ids []string
	if i.Hint != "" {
		ids = append(ids, i.Name+"-hint")
	}
	if i.Error != "" {
		ids = append(ids, i.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// Hinted adds a hint.
func (i input) Hinted(hint string) input {
	i.Hint = hint
	return i
}
