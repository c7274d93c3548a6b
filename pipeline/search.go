package pipeline

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"touchstone.internal/pipeline/mrz"
)

// SearchKind is what documents are looked up by.
type SearchKind string

// The kinds.
const (
	SearchReference SearchKind = "reference"
	SearchEncounter SearchKind = "encounter"
	SearchNumber    SearchKind = "document_number"
	SearchName      SearchKind = "name"
	SearchHash      SearchKind = "sha256"
)

// SearchReason is why somebody looks documents up.
type SearchReason string

// The reasons.
const (
	ReasonEncounter  SearchReason = "encounter"
	ReasonEnquiry    SearchReason = "enquiry"
	ReasonDisclosure SearchReason = "disclosure"
	ReasonSubject    SearchReason = "subject_request"
	ReasonQuality    SearchReason = "quality"
)

// SearchKinds and SearchReasons are the choices of a form, in order.
//
//nolint:gochecknoglobals // tables, never written
var (
	SearchKinds   = []SearchKind{SearchReference, SearchEncounter, SearchNumber, SearchName, SearchHash}
	SearchReasons = []SearchReason{ReasonEncounter, ReasonEnquiry, ReasonDisclosure, ReasonSubject, ReasonQuality}
)

// Limits of a search.
const (
	MaxSearchText = 200 // characters
	MaxSearchNote = 200 // characters
	// MaxFound is how many documents a search gives, the newest. Who gets so many
	// has to ask for less.
	MaxFound = 50
	// SearchFor is how long what a search found can be looked at again.
	SearchFor = 15 * time.Minute
)

// SearchQuery is what somebody looks up, and why. Its text may be personal data:
// it is never kept.
type SearchQuery struct {
	Kind   SearchKind
	Text   string
	Reason SearchReason
	Note   string // the reason in words, or the number of a case
}

// SearchError says what is wrong with a query, by the field that it is wrong in.
type SearchError struct{ Field, Text string }

// Error is the sentence beside the field.
func (e SearchError) Error() string { return e.Text }

// Check tells everything that is wrong with a query.
func (q SearchQuery) Check() (errs []SearchError) {
	wrong := func(field, text string) { errs = append(errs, SearchError{field, text}) }
	text := strings.TrimSpace(q.Text)
	switch {
	case !slices.Contains(SearchKinds, q.Kind):
		wrong("kind", "Select what you search by")
	case text == "":
		wrong("text", "Enter what you are looking for")
	case utf8.RuneCountInString(q.Text) > MaxSearchText:
		wrong("text", "What you are looking for must be 200 characters or less")
	case len(q.Terms()) == 0:
		wrong("text", searchForms[q.Kind])
	}
	if !slices.Contains(SearchReasons, q.Reason) {
		wrong("reason", "Select why you need to search")
	}
	switch note := strings.TrimSpace(q.Note); {
	case note == "":
		wrong("note", "Enter the number of the case, or what you need it for")
	case utf8.RuneCountInString(q.Note) > MaxSearchNote:
		wrong("note", "The number of the case, or what you need it for, must be 200 characters or less")
	}
	return errs
}

// searchForms says of each kind how it is written.
var searchForms = map[SearchKind]string{ //nolint:gochecknoglobals // a table, never written
	SearchReference: "A document reference has 8 letters or numbers after TSD, for example TSD-7Q4K-2M9X",
	SearchEncounter: "An encounter reference has 3 letters, then 6 numbers, then 4 numbers, for example NPT-241126-0147",
	SearchNumber:    "A document number has letters and numbers",
	SearchName:      "A name has letters",
	SearchHash:      "A SHA-256 has 64 numbers and letters from a to f",
}

var (
	encounterLike = regexp.MustCompile(`^([A-Z]{3})([0-9]{6})([0-9]{4})$`)
	hashLike      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// maxSpellings bounds in how many ways one part of a name is looked up.
const maxSpellings = 24

// Terms are what a document must have, all of them, each in one of its forms;
// none if the text is nothing that can be looked up.
func (q SearchQuery) Terms() [][]string {
	switch q.Kind {
	case SearchReference:
		if id, err := ParseDocumentID(q.Text); err == nil {
			return [][]string{{string(id)}}
		}
	case SearchEncounter:
		if m := encounterLike.FindStringSubmatch(bare(q.Text)); m != nil {
			return [][]string{{m[1] + "-" + m[2] + "-" + m[3]}}
		}
	case SearchNumber:
		if n := bare(q.Text); n != "" {
			return [][]string{{n}}
		}
	case SearchName:
		return nameTerms(q.Text)
	case SearchHash:
		if h := strings.ToLower(strings.TrimSpace(q.Text)); hashLike.MatchString(h) {
			return [][]string{{h}}
		}
	}
	return nil
}

// bare is a number without what people and zones put between its characters.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// nameTerms are the parts of a name, each as zones may write it.
func nameTerms(name string) (terms [][]string) {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '-' || r == '<' || r == '\t' }) {
		var forms []string
		for _, s := range mrz.Spellings(part, mrz.AnyLanguage, maxSpellings) {
			if s = bare(s); s != "" && !slices.Contains(forms, s) {
				forms = append(forms, s)
			}
		}
		if forms != nil {
			terms = append(terms, forms)
		}
	}
	return terms
}

// Same is the query in a form in which two that look for the same are the same,
// however they were typed.
func (q SearchQuery) Same() string {
	var parts []string
	for _, forms := range q.Terms() {
		parts = append(parts, forms[0])
	}
	slices.Sort(parts)
	return string(q.Kind) + "\n" + strings.Join(parts, "\n")
}

// SearchKey is one thing that a document can be looked up by.
type SearchKey struct {
	Kind  SearchKind
	Value string
}

// SearchKeys are what the zones of a report give to look a document up by: its
// number, and each part of the name.
func (r Report) SearchKeys() (keys []SearchKey) {
	add := func(k SearchKey) {
		if k.Value != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, z := range r.Zones() {
		for _, f := range z.Fields {
			switch f.Name {
			case mrz.DocumentNumber:
				add(SearchKey{SearchNumber, bare(f.Value)})
			case mrz.NameOfHolder, mrz.SecondaryIdentifier:
				for part := range strings.FieldsFuncSeq(f.Raw, func(r rune) bool { return r == mrz.Filler || r == ' ' }) {
					add(SearchKey{SearchName, bare(part)})
				}
			default: // nothing else is looked up
			}
		}
	}
	return keys
}

// Search is a search that was made: who looked for what kind of thing, why, and
// what they found. It does not say what they looked for.
type Search struct {
	ID      string // that nobody can guess
	At      time.Time
	Account string
	Kind    SearchKind
	Reason  SearchReason
	Note    string
	// Mark is the same for two searches for the same thing, and tells nobody what
	// that is.
	Mark  string
	Found []DocumentID // newest first
	More  bool         // there are others than these
}

// Searches looks documents up.
type Searches interface {
	// SearchDocuments looks documents up, and in the same transaction records who
	// did, why, and how many they found.
	SearchDocuments(ctx context.Context, q SearchQuery, who Account, now time.Time) (Search, error)
	// FindSearch gives a search of this account that can still be looked at;
	// ErrNotFound otherwise.
	FindSearch(ctx context.Context, id string, who Account, now time.Time) (Search, error)
}

// ErrNoTerms says that a query has nothing to look for.
var ErrNoTerms = errors.New("there is nothing to look for")
