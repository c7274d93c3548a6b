package page

import (
	"html/template"

	"touchstone.internal/pipeline"
)

// searchKinds says how a document can be looked up.
var searchKinds = map[pipeline.SearchKind]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.SearchReference: "Document reference",
	pipeline.SearchEncounter: "Encounter reference",
	pipeline.SearchNumber:    "Document number",
	pipeline.SearchName:      "Name",
	pipeline.SearchHash:      "SHA-256 of the file",
}

// searchReasons says why.
var searchReasons = map[pipeline.SearchReason]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.ReasonEncounter:  "The document is in front of me or a colleague now",
	pipeline.ReasonEnquiry:    "An enquiry or investigation",
	pipeline.ReasonDisclosure: "A court or disclosure request",
	pipeline.ReasonSubject:    "Somebody asked what is held about them",
	pipeline.ReasonQuality:    "To check or correct a record",
}

// searchKindOptions and searchReasonOptions are the choices of the form.
func searchKindOptions(now pipeline.SearchKind) (os []option) {
	for _, k := range pipeline.SearchKinds {
		os = append(os, option{Value: string(k), Text: searchKinds[k], On: k == now})
	}
	return os
}

func searchReasonOptions(now pipeline.SearchReason) (os []option) {
	for _, r := range pipeline.SearchReasons {
		os = append(os, option{Value: string(r), Text: searchReasons[r], On: r == now})
	}
	return os
}

// searchFunctions are what the pages of a search call.
func searchFunctions() template.FuncMap {
	return template.FuncMap{
		"searchKinds":   searchKindOptions,
		"searchReasons": searchReasonOptions,
		"searchedBy":    func(s pipeline.Search) string { return lower(searchKinds[s.Kind]) },
		"searchedFor":   func(s pipeline.Search) string { return searchReasons[s.Reason] },
		"foundTable":    foundTable,
	}
}

// foundTable is the table of what was found.
func foundTable(s Shell, v Found) table {
	return table{Caption: foundCaption(v), Size: "s", Everybody: true, Documents: v.Documents, Now: s.Now}
}

// foundCaption says how many there are.
func foundCaption(v Found) string {
	if v.Search.More {
		return "The newest " + count(len(v.Documents), "document", "documents") + " of more"
	}
	return count(len(v.Documents), "document", "documents") + ", newest first"
}

// lower continues a sentence with what would start one, unless it is an
// abbreviation.
func lower(s string) string {
	if len(s) < 2 || s[1] < 'a' {
		return s
	}
	return string(s[0]|0x20) + s[1:]
}
