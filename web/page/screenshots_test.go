package page

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pictured are the examples that stand for a page in the gallery, where it is not
// the first one.
var pictured = map[string]string{
	"document": "document-high", "examine": "examine-high", "documents": "documents-all", "home": "home-reviewer", "typed-zone": "typed-agrees", "problem": "problem-not-found",
}

// TestScreenshots draws the gallery of the README anew: every page, wide and on a
// phone, and two in the dark. It does so for "make screenshots" alone.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("TOUCHSTONE_GALLERY")
	if folder == "" {
		t.Skip("make screenshots draws the gallery")
	}
	d, server := newDesk(t)
	d.HandleFunc("GET /documents/{id}/events", quiet)
	b := newBrowser(t)
	var index strings.Builder
	index.WriteString("# Every page of the desk\n\nDrawn by `make screenshots` from the examples of the tests. All documents are of the State of Utopia.\n")
	seen := map[string]bool{}
	for _, e := range examples(t) {
		if seen[e.page] || pictured[e.page] != "" && pictured[e.page] != e.name {
			continue
		}
		seen[e.page] = true
		fmt.Fprintf(&index, "\n## %s\n\n", upper(strings.ReplaceAll(e.page, "-", " ")))
		for _, look := range looks {
			if look.width == slimmest || look.scheme == "dark" && e.page != "document" && e.page != "examine" {
				continue
			}
			name := fmt.Sprintf("%s%s-%d.webp", e.page, look.suffix, look.width)
			b.do(t, prefers(look.scheme), chromedp.EmulateViewport(look.width, 900), chromedp.Navigate(server.URL+"/example/"+e.name))
			b.is(t, `document.readyState === "complete" && [...document.images].every(i => i.complete)`)
			if err := os.WriteFile(filepath.Join(folder, name), shot(t, b, look.width), 0o600); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&index, "![%s, %d pixels wide, %s](%s)\n", e.page, look.width, look.scheme, name)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "README.md"), []byte(index.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tallest bounds the height of a picture of the gallery.
const tallest = 2400

// shot is a small picture of a whole page.
func shot(t *testing.T, b *browser, width int64) []byte {
	t.Helper()
	height := eval[float64](t, b, `document.documentElement.scrollHeight`)
	var img []byte
	b.do(t, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		quality, beyond := int64(20), true
		r, err := cdp.Call(ctx, tab, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatWebp, Quality: &quality, CaptureBeyondViewport: &beyond,
			Clip: &page.Viewport{Width: float64(width), Height: min(height, tallest), Scale: .8},
		})
		img = r.Data
		return err
	}))
	return img
}
