package page

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// printed makes a page look as it does on paper.
func printed(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		p := emulation.SetEmulatedMediaParams{}
		if on {
			p.Media = "print"
		}
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, p)
		return err
	})
}

// sheets prints a page on A4 and gives the text of every sheet.
func sheets(t *testing.T, b *browser, name string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, browserPatience)
	defer cancel()
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if g := screenshots(t); g != "" {
		if err := os.WriteFile(filepath.Join(string(g), name+".pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := pdfText(t, pdf)
	if len(all) == 0 {
		t.Fatal("nothing was printed")
	}
	return all
}

// TestPrint: what is printed with Ctrl+P has the marking and the reference on
// every sheet, everything unfolded, no control, and few sheets (UI-70).
func TestPrint(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	for _, tt := range []struct {
		example string
		most    int
		says    []string // folded on the screen
		not     []string // controls
	}{
		{"document-high", 3, []string{"It is about the document, not the person.", "No problem found (3)"}, []string{"Sign out", "Upload another document", "Print this result", "Colours of the screen"}},
		{"document-clear", 3, []string{"It is about the document, not the person."}, []string{"Sign out"}},
		{"examine-high", 6, []string{"Issuing State and nationality exist, DOC-04", "Shares of the findings", "Line 2, character 5", "Fields of the machine readable zone", "Collected: received"}, []string{"Sign out", "Hide boxes", "Keyboard shortcuts", "Fit"}},
		{"examine-tall", 6, []string{"Shares of the findings"}, []string{"Hide boxes"}},
		{"review", 6, []string{"Issuing State and nationality exist, DOC-04"}, []string{"Sign out", "Record decision", "Hide boxes"}},
		{"review-decided", 6, nil, []string{"Sign out", "Hide boxes"}},
		{"audit", 4, []string{"Collected: received"}, []string{"Sign out"}},
		{"documents-all", 3, []string{"Uploaded by"}, []string{"Apply filters", "Next page"}},
	} {
		t.Run(tt.example, func(t *testing.T) {
			b.do(t, chromedp.Navigate(server.URL+"/example/"+tt.example))
			b.is(t, `document.readyState === "complete" && [...document.images].every(i => i.complete)`)
			all := sheets(t, b, tt.example)
			t.Logf("%d sheets", len(all))
			if len(all) > tt.most {
				t.Errorf("it prints on %d sheets; want at most %d", len(all), tt.most)
			}
			reference := eval[string](t, b, `document.documentElement.dataset.reference`)
			for i, sheet := range all {
				for _, w := range []string{marking, reference, fmt.Sprintf("Page %d of %d", i+1, len(all))} {
					if !strings.Contains(sheet, w) {
						t.Errorf("sheet %d does not say %q: %q", i+1, w, sheet)
					}
				}
			}
			whole := strings.Join(all, " ")
			for _, w := range tt.says {
				if !strings.Contains(whole, w) {
					t.Errorf("it does not say %q", w)
				}
			}
			for _, w := range tt.not {
				if strings.Contains(whole, w) {
					t.Errorf("it prints the control %q", w)
				}
			}
		})
	}
}

// TestPrintFoldedWithoutScript: what is folded is on paper without JavaScript too.
func TestPrintFoldedWithoutScript(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	b.do(t, noScript(), chromedp.Navigate(server.URL+"/example/document-high"))
	if all := sheets(t, b, "document-high-no-script"); len(all) > 3 || !strings.Contains(strings.Join(all, " "), "No problem found (3)") {
		t.Errorf("%d sheets: %q", len(all), all)
	}
}

// noScript switches JavaScript off.
func noScript() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// TestPrintKeepsRowsWhole: no row, reason, finding or picture is parted by the
// end of a sheet, and a table stays one (UI-70).
func TestPrintKeepsRowsWhole(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	for _, e := range examples(t) {
		b.do(t, printed(true), chromedp.EmulateViewport(718, 900), chromedp.Navigate(server.URL+"/example/"+e.name))
		b.is(t, `document.readyState === "complete"`)
		for _, fault := range eval[[]string](t, b, `[...document.querySelectorAll("tr,.app-reason,.app-finding,figure,.app-panel,.app-outcome,.govuk-summary-list__row")]
			.filter(e => getComputedStyle(e).breakInside !== "avoid" || e.tagName === "TR" && getComputedStyle(e).display !== "table-row").map(e => e.outerHTML.slice(0, 120))
			.concat([...document.querySelectorAll("button,input,select,textarea,.govuk-button,nav")].filter(e => e.checkVisibility()).map(e => "control: " + e.outerHTML.slice(0, 120)))`) {
			t.Errorf("%s: %s", e.name, fault)
		}
	}
}

// TestPrintWithoutScript: the server unfolds what it is asked to print, and shows
// it as paper does (UI-71).
func TestPrintWithoutScript(t *testing.T) {
	p := load(t)
	for _, e := range examples(t) {
		e.shell.Print = true
		got := render(t, p, e)
		if strings.Count(got, "<details") != len(regexp.MustCompile(`<details[^>]* open>`).FindAllString(got, -1)) {
			t.Errorf("%s is folded", e.name)
		}
		if !regexp.MustCompile(`href="/assets/print\.[0-9a-f]+\.css" media="all"`).MatchString(got) {
			t.Errorf("%s is not shown as on paper", e.name)
		}
		if !strings.Contains(textOf(parse(t, got)), marking) {
			t.Errorf("%s has no marking", e.name)
		}
	}
}

// pdfText reads the text of every page of a PDF as Chromium writes it: one
// content stream a page, fonts with a table from glyphs to characters.
func pdfText(t *testing.T, pdf []byte) (pages []string) {
	t.Helper()
	objects, order := map[string]string{}, []string{}
	for _, m := range regexp.MustCompile(`(?s)(\d+) 0 obj\s(.*?)endobj`).FindAllSubmatch(pdf, -1) {
		objects[string(m[1])], order = string(m[2]), append(order, string(m[1]))
	}
	follow := func(object, key string) string {
		m := regexp.MustCompile(`/` + key + ` (\d+) 0 R`).FindStringSubmatch(object)
		if m == nil {
			return ""
		}
		return inflated(t, objects[m[1]])
	}
	for _, id := range order {
		if !regexp.MustCompile(`/Type /Page\b[^s]`).MatchString(objects[id]) {
			continue
		}
		fonts := map[string]map[string]string{}
		for _, f := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(objects[id], -1) {
			fonts[f[1]] = glyphs(follow(objects[f[2]], "ToUnicode"))
		}
		pages = append(pages, shown(follow(objects[id], "Contents"), fonts))
	}
	return pages
}

func inflated(t *testing.T, object string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)stream\r?\n(.*)endstream`).FindStringSubmatch(object)
	if m == nil {
		return ""
	}
	z, err := zlib.NewReader(strings.NewReader(m[1]))
	if err != nil {
		return m[1]
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// glyphs reads a table from glyphs to characters.
func glyphs(table string) map[string]string {
	out := map[string]string{}
	characters := func(digits string) string {
		b, _ := hex.DecodeString(digits)
		var units []uint16
		for pair := range slices.Chunk(b, 2) {
			units = append(units, uint16(pair[0])<<8|uint16(pair[len(pair)-1]))
		}
		return string(utf16.Decode(units))
	}
	const code = `<([0-9A-Fa-f]+)>\s*`
	for _, part := range regexp.MustCompile(`(?s)beginbfchar(.*?)endbfchar`).FindAllStringSubmatch(table, -1) {
		for _, m := range regexp.MustCompile(code+code).FindAllStringSubmatch(part[1], -1) {
			out[strings.ToUpper(m[1])] = characters(m[2])
		}
	}
	for _, part := range regexp.MustCompile(`(?s)beginbfrange(.*?)endbfrange`).FindAllStringSubmatch(table, -1) {
		for _, m := range regexp.MustCompile(code+code+code).FindAllStringSubmatch(part[1], -1) {
			from, _ := strconv.ParseInt(m[1], 16, 32)
			to, _ := strconv.ParseInt(m[2], 16, 32)
			first, _ := strconv.ParseInt(m[3], 16, 32)
			for i := from; i <= to; i++ {
				out[fmt.Sprintf("%0*X", len(m[1]), i)] = string(rune(first + i - from))
			}
		}
	}
	return out
}

// shown is the text of a content stream, with single spaces.
func shown(content string, fonts map[string]map[string]string) string {
	var b bytes.Buffer
	var font map[string]string
	for _, m := range regexp.MustCompile(`/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\bET\b`).FindAllStringSubmatch(content, -1) {
		switch {
		case m[1] != "":
			font = fonts[m[1]]
		case m[2] == "":
			b.WriteByte(' ')
		default:
			width := 4
			for glyph := range font {
				width = len(glyph)
			}
			for glyph := range slices.Chunk([]byte(strings.ToUpper(m[2])), width) {
				b.WriteString(font[string(glyph)])
			}
		}
	}
	return strings.Join(strings.Fields(strings.NewReplacer("ﬁ", "fi", "ﬂ", "fl").Replace(b.String())), " ")
}
