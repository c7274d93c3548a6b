package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/mrz"
)

// The sample passport of Doc 9303-4, appendix B.
const (
	typedUpper = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	typedLower = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	jsonZone   = typedUpper + `\n` + typedLower
)

// plain is a page as a person reads it, as far as tests compare.
var plain = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+")

// explain asks the API.
func (b *browser) explain(body string) answer {
	b.t.Helper()
	return b.postJSON("/api/v1/mrz", body)
}

// TestTypedZone types what people type, and what nobody should.
func TestTypedZone(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	const tooLong = "The text is too long. Enter the 2 or 3 lines of the zone alone"
	for name, tt := range map[string]struct {
		text   string
		status int
		says   []string
		not    string
	}{
		"a passport": {typedUpper + "\r\n" + typedLower, 200, []string{
			"TD3 (passport): nothing disagrees", "This checks what was typed, not a document", "Line 2, positions 11 to 13: nationality", `aria-label="Line 2, position 21, no check digit"`,
			"1       10        20        30        40", "8 for I or S", "1974-08-12", "samples only", `<title>Nothing disagrees: Check a typed zone`,
		}, "The text was changed"},
		"a slip":         {typedUpper + "\n" + strings.Replace(typedLower, "7408122", "7408123", 1), 200, []string{"something does not agree", "date of birth: check digit 3 is printed, 2 is computed", "Does not agree"}, "nothing disagrees"},
		"as it came":     {strings.ToLower(typedUpper) + " " + typedLower, 200, []string{"lower case raised, spaces left out, one line parted"}, "There is a problem"},
		"other fillers":  {strings.ReplaceAll(typedUpper, "<<", "«") + "\n" + strings.ReplaceAll(typedLower, "<", "＜"), 200, []string{"« read as <<, ＜ read as <"}, "There is a problem"},
		"right to left":  {"\u202e" + typedUpper + "\n\u200f" + typedLower, 200, []string{"invisible characters left out"}, "There is a problem"},
		"nothing":        {"", 400, []string{"Enter the lines of the machine readable zone", "<title>Error: "}, "agrees"},
		"a line short":   {typedUpper + "\n" + typedLower[1:], 400, []string{"Line 2 has 43 characters, and 44 are needed", typedUpper}, "agrees"},
		"NUL":            {typedUpper + "\n\x00" + typedLower[1:], 400, []string{"Line 2, position 1 is the character U+0000"}, "agrees"},
		"broken UTF-8":   {typedUpper + "\n\xff" + typedLower[1:], 400, []string{"Line 2, position 1 is "}, "agrees"},
		"markup":         {`"></textarea><script>alert(1)</script>`, 400, []string{`Line 1, position 1 is " (U+0022)`}, "agrees"},
		"too long":       {strings.Repeat("A", maxTyped+1), 400, []string{tooLong}, "agrees"},
		"a whole letter": {strings.Repeat("A", 1<<20), 400, []string{tooLong}, "AAAA"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.postForm("/typed-zone", url.Values{"text": {tt.text}})
			if a.status != tt.status || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%d, %s; want %d, no-store", a.status, a.header.Get("Cache-Control"), tt.status)
			}
			if strings.Contains(a.body, "<script>") {
				t.Error("markup of the text is markup of the page")
			}
			said := plain.Replace(a.body)
			for _, s := range tt.says {
				if !strings.Contains(said, s) {
					t.Errorf("it does not say %q", s)
				}
			}
			if strings.Contains(said, tt.not) {
				t.Errorf("it says %q", tt.not)
			}
		})
	}
}

// TestTypedZoneInAddress: the text is never taken from where a log could keep
// it.
func TestTypedZoneInAddress(t *testing.T) {
	b := newWorld(t).as(t, officer)
	q := "?" + url.Values{"text": {typedUpper + "\n" + typedLower}}.Encode()
	if a := b.get("/typed-zone" + q); a.status != http.StatusOK || strings.Contains(a.body, "ERIKSSON") {
		t.Errorf("GET: %d, %s", a.status, a.body)
	}
	if a := b.postForm("/typed-zone"+q, nil); a.status != http.StatusBadRequest || strings.Contains(a.body, "ERIKSSON") {
		t.Errorf("POST: %d, %s", a.status, a.body)
	}
	if a := b.postForm("/typed-zone", url.Values{"text": {"A"}, "broken": {"x"}}); a.status != http.StatusBadRequest {
		t.Errorf("another field: %d", a.status)
	}
}

// TestAPITypedZone sends what machines send.
func TestAPITypedZone(t *testing.T) {
	b := newWorld(t).curl(t, reviewer)
	for name, tt := range map[string]struct {
		body   string
		status int
		slug   string
	}{
		"a passport":   {`{"text":"` + jsonZone + `"}`, 200, ""},
		"nothing":      {``, 400, "bad-form"},
		"no text":      {`{}`, 400, "validation"},
		"null":         {`null`, 400, "validation"},
		"a list":       {`["` + typedUpper + `"]`, 400, "bad-form"},
		"a number":     {`{"text":1}`, 400, "bad-form"},
		"unknown key":  {`{"text":"` + jsonZone + `","as_of":"2026-11-24"}`, 400, "bad-form"},
		"two objects":  {`{"text":"` + jsonZone + `"}{}`, 400, "bad-form"},
		"a brace more": {`{"text":"` + jsonZone + `"}}`, 400, "bad-form"},
		"broken off":   {`{"text":"` + typedUpper, 400, "bad-form"},
		"NUL":          {`{"text":"\u0000"}`, 400, "validation"},
		"a megabyte":   {`{"text":"` + strings.Repeat("A", 1<<20) + `"}`, 400, "bad-form"},
		"no such zone": {`{"text":"HELLO"}`, 400, "validation"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.explain(tt.body)
			if a.status != tt.status || a.header.Get("Cache-Control") != "no-store" {
				t.Fatalf("%d %s; want %d", a.status, a.body, tt.status)
			}
			if tt.slug == "" {
				return
			}
			p := decode[problemBody](t, a.body)
			if p.Type != "/problems#"+tt.slug || strings.Contains(a.body, "ERIKSSON") {
				t.Errorf("the problem is %s", a.body)
			}
			if tt.slug == "validation" && (len(p.Errors) == 0 || p.Errors[0].Pointer != "/text") {
				t.Errorf("the mistakes are %+v", p.Errors)
			}
		})
	}
	got := decode[explain.Explanation](t, b.explain(`{"text":"`+strings.ToLower(jsonZone[:44])+jsonZone[44:]+`"}`).body)
	if got.Format != mrz.TD3 || !got.Agrees || !slices.Equal(got.Typed, []string{"lower case raised"}) || len(got.Fields) != 10 || got.Characters[1][1].Blind != "IS" {
		t.Errorf("explained as %+v", got)
	}
}

// TestTypedZoneLeavesNoTrace: who looked is written down, and nothing of what
// was typed is anywhere.
func TestTypedZoneLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	b.postForm("/typed-zone", url.Values{"text": {typedUpper + "\n" + typedLower}})
	b.postForm("/typed-zone", url.Values{"text": {typedUpper + "\n" + typedLower + "!"}}) // not explained
	b.explain(`{"text":"` + jsonZone + `"}`)
	b.explain(`{"text":"` + typedUpper)
	if got := w.history(t, "typed-zone"); !slices.Equal(got, []string{"consult explained amira", "consult explained amira"}) {
		t.Errorf("the log says %q", got)
	}
	if docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{}); err != nil || len(docs) != 0 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
	seen := w.log.String() + b.get("/metrics").body
	for _, part := range []string{"ERIKSSON", "L898902C3", "740812", "ZE184226B"} {
		if strings.Contains(seen, part) {
			t.Errorf("log or metrics hold %q", part)
		}
	}
}

// TestTypedZoneAuditFirst: what cannot be written down is not explained.
func TestTypedZoneAuditFirst(t *testing.T) {
	failing := &failingAudit{}
	w := newWorld(t, func(c *Config) {
		failing.Audit = c.Audit
		c.Audit = failing
	})
	b := w.as(t, officer)
	failing.down = true
	for path, a := range map[string]answer{
		"page": b.postForm("/typed-zone", url.Values{"text": {typedUpper + "\n" + typedLower}}),
		"API":  b.explain(`{"text":"` + jsonZone + `"}`),
	} {
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "ERIKSSON") || strings.Contains(w.log.String(), "ERIKSSON") {
			t.Errorf("%s without an audit log: %d %s", path, a.status, a.body)
		}
	}
}
