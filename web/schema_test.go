package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema is the part of JSON Schema that openapi.json uses. A keyword that is
// not here fails the test: nothing is passed over in silence.
type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 typeNames          `json:"type"`
	Format               string             `json:"format"`
	Pattern              string             `json:"pattern"`
	Enum                 []string           `json:"enum"`
	Minimum              *float64           `json:"minimum"`
	Maximum              *float64           `json:"maximum"`
	MinItems             int                `json:"minItems"`
	MaxItems             *int               `json:"maxItems"`
	Items                *schema            `json:"items"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	AdditionalProperties *bool              `json:"additionalProperties"`
	Description          string             `json:"description"`
	Examples             []any              `json:"examples"`
	Default              any                `json:"default"`
	ContentMediaType     string             `json:"contentMediaType"`
}

// typeNames is one type or several.
type typeNames []string

func (n *typeNames) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = typeNames{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// description is openapi.json.
type description struct {
	OpenAPI    string                     `json:"openapi"`
	Info       map[string]any             `json:"info"`
	Servers    []any                      `json:"servers"`
	Security   []any                      `json:"security"`
	Paths      map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas         map[string]*schema           `json:"schemas"`
		Responses       map[string]describedResponse `json:"responses"`
		SecuritySchemes map[string]any               `json:"securitySchemes"`
	} `json:"components"`
}

type describedOperation struct {
	OperationID string                       `json:"operationId"`
	Summary     string                       `json:"summary"`
	Description string                       `json:"description"`
	Security    []any                        `json:"security"`
	Parameters  []describedParameter         `json:"parameters"`
	RequestBody any                          `json:"requestBody"`
	Responses   map[string]describedResponse `json:"responses"`
}

type describedParameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Required    bool    `json:"required"`
	Description string  `json:"description"`
	Schema      *schema `json:"schema"`
}

type describedResponse struct {
	Ref         string                              `json:"$ref"`
	Description string                              `json:"description"`
	Headers     map[string]any                      `json:"headers"`
	Content     map[string]struct{ Schema *schema } `json:"content"`
}

// strict reads JSON into a type that must know every key.
func strict(t *testing.T, b []byte, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}

// operations gives every operation as "GET /path".
func (d *description) operations(t *testing.T) map[string]describedOperation {
	t.Helper()
	ops := map[string]describedOperation{}
	for path, raw := range d.Paths {
		var item struct {
			Parameters []describedParameter `json:"parameters"`
			Get        *describedOperation  `json:"get"`
			Post       *describedOperation  `json:"post"`
			Patch      *describedOperation  `json:"patch"`
			Delete     *describedOperation  `json:"delete"`
		}
		strict(t, raw, &item)
		for method, op := range map[string]*describedOperation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				op.Parameters = append(op.Parameters, item.Parameters...)
				ops[method+" "+path] = *op
			}
		}
	}
	return ops
}

// response finds what an operation says of a status.
func (d *description) response(t *testing.T, op describedOperation, status int) describedResponse {
	t.Helper()
	r, ok := op.Responses[fmt.Sprint(status)]
	if name, isRef := strings.CutPrefix(r.Ref, "#/components/responses/"); isRef {
		r, ok = d.Components.Responses[name]
	}
	if !ok {
		t.Errorf("%s does not say what %d is", op.OperationID, status)
	}
	return r
}

// match tells where a value is not as a schema says.
func (d *description) match(s *schema, v any, at string) (faults []string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		to := d.Components.Schemas[name]
		if to == nil {
			return []string{at + ": there is no schema " + name}
		}
		return d.match(to, v, at)
	}
	if kind := kindOf(v); len(s.Type) > 0 && !slices.Contains(s.Type, kind) && (kind != "integer" || !slices.Contains(s.Type, "number")) {
		return []string{fmt.Sprintf("%s: %s is no %v", at, kind, s.Type)}
	}
	switch v := v.(type) {
	case string:
		return s.matchString(v, at)
	case float64:
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return []string{fmt.Sprintf("%s: %v is out of range", at, v)}
		}
	case []any:
		if len(v) < s.MinItems || s.MaxItems != nil && len(v) > *s.MaxItems {
			faults = append(faults, fmt.Sprintf("%s: %d items", at, len(v)))
		}
		for i, item := range v {
			faults = append(faults, d.match(s.Items, item, fmt.Sprintf("%s/%d", at, i))...)
		}
	case map[string]any:
		return d.matchObject(s, v, at)
	}
	return faults
}

func (d *description) matchObject(s *schema, v map[string]any, at string) (faults []string) {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			faults = append(faults, at+"/"+name+": missing")
		}
	}
	for name, value := range v {
		if p := s.Properties[name]; p != nil {
			faults = append(faults, d.match(p, value, at+"/"+name)...)
		} else if s.AdditionalProperties != nil && !*s.AdditionalProperties {
			faults = append(faults, at+"/"+name+": not in the schema")
		}
	}
	return faults
}

func (s *schema) matchString(v, at string) []string {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return []string{fmt.Sprintf("%s: %q is none of %v", at, v, s.Enum)}
	}
	if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
		return []string{fmt.Sprintf("%s: %q does not match %s", at, v, s.Pattern)}
	}
	if _, err := time.Parse(time.RFC3339, v); s.Format == "date-time" && err != nil {
		return []string{fmt.Sprintf("%s: %q is no time", at, v)}
	}
	return nil
}

// kindOf is the JSON type of a value.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
