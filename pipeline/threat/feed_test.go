package threat

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/casework"
)

// form is the part of JSON Schema that the feed's uses.
type form struct {
	Type       any              `json:"type"`
	Enum       []string         `json:"enum"`
	Pattern    string           `json:"pattern"`
	Minimum    *float64         `json:"minimum"`
	Maximum    *float64         `json:"maximum"`
	MaxItems   *int             `json:"maxItems"`
	Items      *form            `json:"items"`
	Properties map[string]*form `json:"properties"`
	Required   []string         `json:"required"`
	Additional *bool            `json:"additionalProperties"`
}

// is tells whether a value may be of a type.
func (f *form) is(name string) bool {
	return f.Type == name || strings.Contains(fmt.Sprint(f.Type), "["+name+" ") || strings.Contains(fmt.Sprint(f.Type), " "+name+"]")
}

// check tells everything about a value that is not as the schema says.
func (f *form) check(path string, v any) (wrong []string) {
	switch v := v.(type) {
	case nil:
		if !f.is("null") {
			wrong = append(wrong, path+" is null")
		}
	case string:
		if !f.is("string") || f.Enum != nil && !slices.Contains(f.Enum, v) || f.Pattern != "" && !regexp.MustCompile(f.Pattern).MatchString(v) {
			wrong = append(wrong, fmt.Sprintf("%s is %q", path, v))
		}
	case float64:
		if !f.is("integer") || v != float64(int(v)) || f.Minimum != nil && v < *f.Minimum || f.Maximum != nil && v > *f.Maximum {
			wrong = append(wrong, fmt.Sprintf("%s is %v", path, v))
		}
	case []any:
		if !f.is("array") || f.MaxItems == nil || len(v) > *f.MaxItems {
			return append(wrong, path+" is a list, or too long")
		}
		for i, item := range v {
			wrong = append(wrong, f.Items.check(fmt.Sprintf("%s/%d", path, i), item)...)
		}
	case map[string]any:
		if !f.is("object") {
			return append(wrong, path+" is an object")
		}
		for name, value := range v {
			if f.Properties[name] == nil {
				wrong = append(wrong, path+"/"+name+" is not described")
				continue
			}
			wrong = append(wrong, f.Properties[name].check(path+"/"+name, value)...)
		}
		for _, name := range f.Required {
			if _, ok := v[name]; !ok {
				wrong = append(wrong, path+"/"+name+" is missing")
			}
		}
	default:
		wrong = append(wrong, fmt.Sprintf("%s is a %T", path, v))
	}
	return wrong
}

// walk visits every field of a schema.
func (f *form) walk(path string, visit func(path string, f *form)) {
	visit(path, f)
	for name, p := range f.Properties {
		p.walk(path+"/"+name, visit)
	}
	if f.Items != nil {
		f.Items.walk(path+"/*", visit)
	}
}

func schemaOf(t *testing.T) *form {
	t.Helper()
	var f form
	if err := json.Unmarshal(Schema, &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

func decoded(t *testing.T, o Outcome) map[string]any {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// personal is a word that stands in the name of a field about a person, a place
// of a record or somebody's account.
var personal = regexp.MustCompile(`(?i)name|birth|sex|gender|nationality|holder|person|address|phone|number|portrait|face|image|encounter|document_id|reference|officer|reviewer|account|reason|words|note|text|[/_]age$`)

// closedForm is a pattern from the first letter to the last, without "anything".
var closedForm = regexp.MustCompile(`^\^[^.]+\$$`)

// TestSchemaIsClosed walks every field of the feed: none is of a person, no text
// is free, nothing can be added, and everything must be there.
func TestSchemaIsClosed(t *testing.T) {
	fields := 0
	schemaOf(t).walk("", func(path string, f *form) {
		fields++
		if personal.MatchString(strings.ReplaceAll(path, "msht_linkage", "")) {
			t.Errorf("%s sounds like something of a person", path)
		}
		if f.is("string") && f.Enum == nil && !closedForm.MatchString(f.Pattern) {
			t.Errorf("%s is free text", path)
		}
		if f.is("object") && (f.Additional == nil || *f.Additional || !slices.Equal(slices.Sorted(maps.Keys(f.Properties)), slices.Sorted(slices.Values(f.Required)))) {
			t.Errorf("%s can hold something else, or need not hold all", path)
		}
		if f.is("array") && f.MaxItems == nil {
			t.Errorf("%s has no end", path)
		}
	})
	if fields < 40 {
		t.Errorf("%d fields: the walk is broken", fields)
	}
	for _, path := range []string{"/holder_name", "/date_of_birth", "/nationality", "/document_number", "/reviewer", "/encounter", "/age"} {
		if !personal.MatchString(path) {
			t.Errorf("%s passes for nothing personal", path)
		}
	}
}

// TestRecordsFollowSchema: what is written is as it is described, and what is not
// is found.
func TestRecordsFollowSchema(t *testing.T) {
	schema := schemaOf(t)
	f := facts()
	f.Series, f.Linked, f.Business = "S-1", 12, casework.BusinessFull
	f.Modes, f.Direction, f.Clandestine = []string{"SEA-SMALL", "ROAD-FERRY"}, "entry", true
	f.Decision.Findings = []string{"MRZ-03", "other", "Anna Maria Eriksson"}
	bare := Facts{Document: "TSD-0000-0000", Decision: f.Decision, Cause: f.Cause, ScreenedAt: noon, Model: UnknownModel}
	for _, facts := range []Facts{f, bare} {
		o := Record(facts)
		o.Revision = 1
		o, err := o.Seal()
		if err != nil {
			t.Fatal(err)
		}
		if wrong := schema.check("", decoded(t, o)); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
		if joined(o.Methods) != "MRZ-03 other" {
			t.Errorf("methods %q", o.Methods)
		}
		if len(o.Cells()) != len(Columns) {
			t.Errorf("%d cells, %d columns", len(o.Cells()), len(Columns))
		}
	}
	spoilt := decoded(t, Record(f))
	spoilt["holder"] = "Anna Maria Eriksson"
	spoilt["site"] = "Northport"
	wrong := strings.Join(schema.check("", spoilt), "; ")
	for _, w := range []string{"/holder is not described", `/site is "Northport"`, `/hash is ""`, "/revision is 0"} {
		if !strings.Contains(wrong, w) {
			t.Errorf("%q is not among %s", w, wrong)
		}
	}
}
