package page

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/text"
)

func load(t *testing.T) *Pages {
	t.Helper()
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func render(t *testing.T, p *Pages, e example) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Render(&b, e.page, e.shell, e.view); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEveryPageHasExamples keeps the other tests from passing over a page.
func TestEveryPageHasExamples(t *testing.T) {
	shown := map[string]bool{}
	for _, e := range examples(t) {
		shown[e.page] = true
	}
	for name := range views {
		if !shown[name] {
			t.Errorf("page %s has no example", name)
		}
	}
}

func TestRenderRefusesTheWrongView(t *testing.T) {
	p := load(t)
	for name, view := range map[string]any{"home": Upload{}, "upload": nil, "nonsense": Home{}, "document": (*Document)(nil)} {
		var b bytes.Buffer
		if err := p.Render(&b, name, Shell{Now: now}, view); err == nil || b.Len() > 0 {
			t.Errorf("Render(%s, %T) = %v and wrote %d bytes; want an error and none", name, view, err, b.Len())
		}
	}
}

// walk visits every element.
func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := range n.ChildNodes() {
		walk(c, visit)
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func parse(t *testing.T, s string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestForm holds every page to what browsers, screen readers and the content
// policy need (UI-25, UI-33).
func TestForm(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			doc := parse(t, render(t, p, e))
			c := &lint{ids: map[string]int{}, seen: map[atom.Atom]int{}}
			walk(doc, func(n *html.Node) { c.element(t, n) })
			c.whole(t)
		})
	}
}

// lint collects what can only be judged of a whole page.
type lint struct {
	ids      map[string]int
	seen     map[atom.Atom]int
	labels   []string // for
	controls []*html.Node
	refs     []string // ids that something points at
	levels   []int    // of headings, in order
}

func (c *lint) element(t *testing.T, n *html.Node) {
	t.Helper()
	if n.Namespace == "" { // a drawing has titles of its own
		c.seen[n.DataAtom]++
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s> has an inline %s", n.Data, a.Key)
		}
		if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "tel:") {
			t.Errorf("<%s %s=%q> leads elsewhere", n.Data, a.Key, a.Val)
		}
	}
	if id, ok := attr(n, "id"); ok {
		c.ids[id]++
	}
	for _, name := range []string{"aria-describedby", "aria-labelledby"} {
		if v, ok := attr(n, name); ok {
			c.refs = append(c.refs, strings.Fields(v)...)
		}
	}
	switch n.DataAtom {
	case atom.Style:
		t.Error("there is an inline <style>")
	case atom.Script:
		if _, ok := attr(n, "src"); !ok || strings.TrimSpace(textOf(n)) != "" {
			t.Error("there is an inline <script>")
		}
	case atom.Label:
		v, _ := attr(n, "for")
		c.labels = append(c.labels, v)
	case atom.Input, atom.Select, atom.Textarea:
		c.controls = append(c.controls, n)
	case atom.A:
		if v, _ := attr(n, "href"); len(v) > 1 && v[0] == '#' {
			c.refs = append(c.refs, v[1:])
		}
	case atom.H1, atom.H2, atom.H3, atom.H4:
		c.levels = append(c.levels, int(n.Data[1]-'0'))
	case atom.Img:
		if _, ok := attr(n, "alt"); !ok {
			t.Error("<img> has no alt")
		}
	default: // nothing more to ask of it
	}
}

func (c *lint) whole(t *testing.T) {
	t.Helper()
	for _, one := range []atom.Atom{atom.H1, atom.Main, atom.Title, atom.Header, atom.Footer} {
		if c.seen[one] != 1 {
			t.Errorf("there are %d <%s>; want 1", c.seen[one], one)
		}
	}
	for id, n := range c.ids {
		if n > 1 {
			t.Errorf("id %q is there %d times", id, n)
		}
	}
	for _, r := range c.refs {
		if c.ids[r] == 0 {
			t.Errorf("something points at %q, which is not there", r)
		}
	}
	for _, n := range c.controls {
		kind, _ := attr(n, "type")
		id, _ := attr(n, "id")
		inLabel := n.Parent != nil && n.Parent.DataAtom == atom.Label
		if kind != "hidden" && !inLabel && !slices.Contains(c.labels, id) {
			t.Errorf("<%s id=%q> has no label", n.Data, id)
		}
	}
	for i, l := range c.levels {
		if i == 0 && l != 1 && l != 2 || i > 0 && l > c.levels[i-1]+1 {
			t.Errorf("headings go %v", c.levels)
			break
		}
	}
}

// TestErrorsAreSaidTwice: in the summary and beside the field, in the same
// words, and the title says so (UI-53).
func TestErrorsAreSaidTwice(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		errs := errorsOf(e.view)
		if len(errs) == 0 {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			page := render(t, p, e)
			if !strings.Contains(page, "<title>Error: ") {
				t.Error("the title does not start with Error")
			}
			said := textOf(parse(t, page))
			for _, err := range errs {
				if n := strings.Count(said, err.Text); n != 2 {
					t.Errorf("%q is said %d times; want 2", err.Text, n)
				}
				if !strings.Contains(page, `<a href="#`+err.Field+`">`) {
					t.Errorf("the summary does not lead to %s", err.Field)
				}
			}
		})
	}
}

// TestSafetyKnowsTheDocument: the link in the header leads to the page for the
// document that one looks at.
func TestSafetyKnowsTheDocument(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/safety", "/documents": "/safety", "/documents/nonsense": "/safety", "/queue": "/safety", "": "/safety", "/uploads/TSD-7Q4K-2M9X": "/safety",
		"/documents/TSD-7Q4K-2M9X": "/safety?document=TSD-7Q4K-2M9X", "/documents/tsd-7q4k-2m9x/examine": "/safety?document=TSD-7Q4K-2M9X",
		"/reviews/TSD-7Q4K-2M9X": "/safety?document=TSD-7Q4K-2M9X", "/documents/x&y=1": "/safety",
	} {
		if got := safetyAt(path); got != want {
			t.Errorf("%q: %s; want %s", path, got, want)
		}
	}
}

// TestSafetyIsOneStepAway from every page (UI-04), and comes first in every
// answer.
func TestSafetyIsOneStepAway(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		if !strings.Contains(render(t, p, e), `<a class="app-safety" href="`+safetyAt(e.shell.Path)+`">Safety concern</a>`) {
			t.Errorf("%s has no way to the safety page", e.name)
		}
		v, ok := e.view.(Document)
		if ok && v.Report != nil && answerOf(v).Steps[0].Link.Address != "/safety" {
			t.Errorf("%s: safety is not the first step", e.name)
		}
	}
}

// TestAnswer reads what an officer reads.
func TestAnswer(t *testing.T) {
	p := load(t)
	about := "It is about the document, not the person."
	for name, want := range map[string][]string{
		"document-high": {
			about, text.Headline("review_suggested", "high"), "1. Code is not on the list", "Could be: A misread character, or an issuer", text.Uncalibrated,
			"4 things in this document do not fit together.", "Ask a document examiner", "TSD-1D6Z-8AKQ, encounter EAF-141126-0031, on <time",
			"14 November 2026 at 8:17pm", "Uploaded by another account, on <time", "This is a sample document", "4 with a problem, 1 to note, 1 in doubt",
		},
		"document-low":     {about, text.Headline("review_suggested", "low"), "1 thing in this document does not fit together.", "a copy shows less"},
		"document-clear":   {about, "No irregularity found", "cannot show that a document is real", "Expired on 2 May 2024.", "Compare the photograph"},
		"document-blurred": {about, "could not be read reliably", "What we could not tell", "Take the photo again in even light.", "examine the document by hand", "/upload?encounter=NPT-241126-0147"},
		"document-unread":  {about, "IMG_2041.jpg could not be opened. Take the photo again.", "There is no picture to show"},
		"document-fault":   {about, "There was a technical fault", "The reader stopped", "The fault is ours"},
		"document-waiting": {"Checking this document", "3 documents wait, this one included.", `<noscript><meta http-equiv="refresh" content="5"></noscript>`, "This file was seen before"},
		"document-late":    {"Taken up by a worker", `data-late>This takes longer than usual`},
		"examine-high":     {about, "P1", "J1", "<mark>", "Line 2, character 5", "It shares its cause with P2", "Collected: received", "Did not finish"},
		"examine-unread":   {about, "There is no picture to show", "No machine readable zone was read", "/original"},
	} {
		t.Run(name, func(t *testing.T) {
			es := examples(t)
			i := slices.IndexFunc(es, func(e example) bool { return e.name == name })
			if i < 0 {
				t.Fatal("there is no such example")
			}
			got := strings.ReplaceAll(render(t, p, es[i]), "&#39;", "'")
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("it does not say %q", w)
				}
			}
			if n := strings.Count(got, `<div class="app-reason">`); n > mostReasons {
				t.Errorf("it gives %d reasons", n)
			}
		})
	}
}

// TestForeignTextStaysText puts markup where people and documents can put it.
func TestForeignTextStaysText(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'` + "`javascript:alert(3)"
	p := load(t)
	d := withReport(drawn(t).examine())
	d.Document.FileName, d.Document.Encounter, d.Document.UploadedBy = evil, evil, evil
	d.Report.Findings[0].Reason, d.Report.Findings[0].Boxes[0].Label = evil, evil
	d.Report.Findings[0].Values[0].Printed = evil
	d.Report.Pages[0].Zones[0].Lines = []string{evil, evil}
	d.Report.Pages[0].Zones[0].Fields[0].Raw = evil
	d.Report.Engine, d.Sightings = evil, []pipeline.Sighting{{DocumentID: evil, Encounter: evil}}
	d.History = []pipeline.AuditEvent{{Actor: pipeline.Actor{Account: evil}, Detail: evil, Operation: evil}}
	who := shell(reviewer, "/")
	who.Account.Title = evil
	for _, e := range []example{
		{"document", "document", who, d},
		{"examine", "examine", who, d},
		{"upload", "upload", who, Upload{Encounter: evil, Errors: []Error{{"file", evil}}}},
		{"sign-in", "sign-in", who, SignIn{Name: evil, Next: evil}},
		{"received", "received", who, Received{Encounter: evil, Files: []ReceivedFile{{Name: evil, Refused: evil}, {Name: evil, Document: d.Document}}}},
		{"documents", "documents", who, Documents{Filter: pipeline.DocumentFilter{Encounter: evil}, Documents: []pipeline.Document{d.Document}, Next: "javascript:alert(4)"}},
		{"problem", "problem", who, Problem{404, evil, evil}},
		{"typed-zone", "typed-zone", who, TypedZone{Text: "</textarea>" + evil, Errors: []Error{{"text", evil}}}},
		{"explained", "typed-zone", who, TypedZone{Text: evil, Zone: &explain.Explanation{Format: evil, Typed: []string{evil}, Disagreements: []string{evil}}}},
	} {
		t.Run(e.name, func(t *testing.T) {
			c := &lint{ids: map[string]int{}, seen: map[atom.Atom]int{}}
			doc := parse(t, strings.ReplaceAll(render(t, p, e), "#ZgotmplZ", "/"))
			walk(doc, func(n *html.Node) { c.element(t, n) })
			if c.seen[atom.Script] > 2 {
				t.Errorf("there are %d scripts", c.seen[atom.Script])
			}
		})
	}
}

// forbidden are words that no screen says (UI-50): they judge, apologise or
// pretend. No person is ever called by what a document shows.
var forbidden = regexp.MustCompile(`(?i)\b(genuine|fake|illegal|offenders?|suspects?|suspicious|valid|invalid|please|sorry|forbidden|oops|AI)\b`)

func TestWords(t *testing.T) {
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no templates", err)
	}
	for _, own := range []string{"app.js", "keys.js", "progress.js", "review.js", "upload.js", "viewer.js"} {
		files = append(files, filepath.Join("assets", own))
	}
	goFiles, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range goFiles {
		if !strings.HasSuffix(f, "_test.go") {
			files = append(files, f)
		}
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range forbidden.FindAllString(string(b), -1) {
			t.Errorf("%s says %q", f, w)
		}
	}
	for _, key := range text.Keys() {
		s, _ := text.Entry(key)
		if w := forbidden.FindString(s.Title + " " + s.Sentence + " " + s.CouldBe + " " + s.Advice); w != "" {
			t.Errorf("the catalogue's %s says %q", key, w)
		}
	}
}

func TestDoubt(t *testing.T) {
	changes := []pipeline.ChangeReading{{Line: 1, Column: 9, To: "6"}, {Line: 0, Column: 4, To: "O"}}
	for name, tt := range map[string]struct {
		d    pipeline.DoubtReading
		want string
	}{
		"none left":   {pipeline.DoubtReading{Misread: .0001, Changes: changes}, "a wrong print explains the picture more than 1,000 times better than a misreading"},
		"little":      {pipeline.DoubtReading{Misread: .02, Changes: changes}, "a wrong print explains the picture 50 times better than a misreading"},
		"as likely":   {pipeline.DoubtReading{Misread: .9, Changes: changes}, "may have been misread: it would agree with 6 in line 2, position 10 and O in line 1, position 5"},
		"of no place": {pipeline.DoubtReading{Misread: 7}, "may have been misread"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := doubt(&tt.d); got != tt.want {
				t.Errorf("%q; want %q", got, tt.want)
			}
		})
	}
}

func get(t *testing.T, h http.Handler, address, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAssets(t *testing.T) {
	p := load(t)
	hashed := regexp.MustCompile(`^/assets/[a-zA-Z.-]+\.[0-9a-f]{12}\.[a-z0-9]+$`)
	for name, a := range p.assets.byName {
		t.Run(name, func(t *testing.T) {
			if !hashed.MatchString(a.address) {
				t.Errorf("its address is %s", a.address)
			}
			plain := get(t, p.Assets(), a.address, "")
			want := body(t, plain.Body)
			if plain.Code != http.StatusOK || plain.Header().Get("Content-Encoding") != "" || !bytes.Equal(want, a.plain) {
				t.Errorf("plain: status %d, encoding %q", plain.Code, plain.Header().Get("Content-Encoding"))
			}
			if c := plain.Header().Get("Cache-Control"); c != "public, max-age=31536000, immutable" {
				t.Errorf("Cache-Control is %q", c)
			}
			packed := get(t, p.Assets(), a.address, "br, gzip")
			if packed.Header().Get("Content-Encoding") != "gzip" {
				if a.gzipped != nil {
					t.Error("it is not sent compressed")
				}
				return
			}
			z, err := gzip.NewReader(packed.Body)
			if err != nil || !bytes.Equal(body(t, z), want) || packed.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("compressed, it is something else (%v)", err)
			}
			if got := get(t, p.Assets(), a.address, "gzip;q=0"); got.Header().Get("Content-Encoding") != "" {
				t.Error("it is sent compressed to who does not want that")
			}
		})
	}
	for _, address := range []string{"/assets/", "/assets/app.css", "/assets/../page.go", "/assets/app.000000000000.css"} {
		if got := get(t, p.Assets(), address, ""); got.Code != http.StatusNotFound {
			t.Errorf("%s: status %d; want 404", address, got.Code)
		}
	}
}

// TestAssetsNameEachOther by hashed addresses, so that a new script never runs
// with an old one.
func TestAssetsNameEachOther(t *testing.T) {
	p := load(t)
	for _, name := range []string{"app.css", "app.js", "keys.js", "progress.js", "review.css", "review.js", "upload.js", "viewer.js"} {
		if reference.Match(p.assets.byName[name].plain) {
			t.Errorf("%s names another asset without its hash", name)
		}
	}
}

// TestWeight holds style sheets and scripts to their budget (UI-40).
func TestWeight(t *testing.T) {
	p := load(t)
	total := map[string]int{}
	for name, a := range p.assets.byName {
		n := len(a.plain)
		if a.gzipped != nil {
			n = len(a.gzipped)
		}
		if name != "govuk-frontend.min.js" { // not ours
			total[filepath.Ext(name)] += n
		}
	}
	t.Logf("gzipped bytes: %v", total)
	for kind, most := range map[string]int{".css": 35 << 10, ".js": 20 << 10, ".woff2": 5 << 10} {
		if total[kind] > most {
			t.Errorf("%s is %d bytes; want at most %d", kind, total[kind], most)
		}
	}
}

// TestNoForeignBrand holds the rule of the typeface and the arms.
func TestNoForeignBrand(t *testing.T) {
	for name, a := range load(t).assets.byName {
		if name == "LICENCES.txt" {
			continue
		}
		for _, brand := range []string{"GDS Transport", "crest"} {
			if bytes.Contains(a.plain, []byte(brand)) {
				t.Errorf("%s holds %q", name, brand)
			}
		}
	}
}
