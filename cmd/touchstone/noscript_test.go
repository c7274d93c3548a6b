package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline/mrz"
)

// walker is somebody at a browser of their own, in which no script of a page runs.
type walker struct {
	ctx  context.Context //nolint:containedctx // chromedp's handle of a tab is a context
	t    *testing.T
	desk string
}

// newWalker signs somebody in.
func newWalker(t *testing.T, desk, account string) *walker {
	t.Helper()
	w := &walker{browser(t), t, desk}
	w.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(desk+"/sign-in"))
	w.sees(`!document.body.classList.contains("js-enabled")`)
	w.do(chromedp.SendKeys(chromedp.CSS("#name"), account), chromedp.SendKeys(chromedp.CSS("#password"), demoPassword))
	w.click("main button")
	w.sees(`location.pathname === "/"`)
	return w
}

func (w *walker) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	do(w.ctx, w.t, actions...)
}

func (w *walker) click(selectors ...string) {
	w.t.Helper()
	for _, s := range selectors {
		w.do(chromedp.Click(chromedp.CSS(s)))
	}
}

func (w *walker) goes(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.desk + path))
}

// sees waits until something is true of the page, which may be another meanwhile.
// The test asks; the page itself runs nothing.
func (w *walker) sees(expression string) {
	w.t.Helper()
	for range 600 {
		if ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	where, _ := chromedp.Run(w.ctx, chromedp.Location())
	w.t.Fatalf("never true at %s: %s\n%s", where, expression, textOf(w.ctx, "body"))
}

// has tells whether something is true of the page now.
func (w *walker) has(expression string) bool {
	w.t.Helper()
	ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
	if err != nil {
		w.t.Fatal(err)
	}
	return ok
}

// says is true if the page says a text.
func says(s string) string { return fmt.Sprintf(`document.body.textContent.includes(%q)`, s) }

// twoSides are the pictures of a card: its back with the lines, one digit of which
// was changed, and its front.
func twoSides(t *testing.T) (paths []string) {
	t.Helper()
	for name, spec := range map[string]fixtures.Spec{
		"back.jpg":  {Format: mrz.TD1, Fault: fixtures.DateOfBirthDigit, Seed: 61},
		"front.jpg": {Format: mrz.TD1, Side: fixtures.Front, Seed: 61},
	} {
		picture, _, err := fixtures.Take(spec, fixtures.CapturePhone)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, picture, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestUI20EveryTaskWithoutScript: with JavaScript off and everything real, an officer
// opens an encounter, uploads two sides and reads the result; two reviewers decide
// on it, neither knowing of the other; documents are looked up and filters kept; a
// concern is raised, and everybody signs out.
func TestUI20EveryTaskWithoutScript(t *testing.T) {
	address := freeAddress(t)
	p := startUp(t, filepath.Join(t.TempDir(), "data"), address)
	defer p.stop(t)
	desk := "http://" + address
	officer := newWalker(t, desk, "officer")
	id := officer.uploads()
	first := newWalker(t, desk, "reviewer")
	first.startsNext()
	first.decides(id)
	second := newWalker(t, desk, "second-reviewer")
	second.decides(id)
	officer.goes("/documents/" + id)
	officer.sees(says("Two reviewers agree"))
	first.looksUp(id)
	officer.raises(id)
	for _, w := range []*walker{officer, first, second} {
		w.click(".app-user__out")
		w.sees(`location.pathname === "/sign-in"`)
		w.goes("/documents")
		w.sees(`location.pathname === "/sign-in"`)
	}
}

// uploads opens an encounter in three answers and sends two sides of a card.
func (w *walker) uploads() (id string) {
	w.t.Helper()
	w.goes("/encounters/new")
	w.do(enterSite("NPT"))
	w.click("label[for=channel-second_line]", "main button[type=submit]")
	w.sees(`location.pathname === "/upload" && document.getElementById("encounter").value.startsWith("NPT-")`)
	w.click("label[for=capture]")
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), twoSides(w.t)))
	w.click("#start")
	w.sees(`location.pathname === "/upload/received" && document.querySelectorAll("[data-state=screened]").length === 2`) // it loads itself again
	w.sees(says("They are one document"))
	w.click("#pairs button")
	w.sees(`!document.querySelector("#pairs button") || location.pathname.startsWith("/documents/")`)
	if !w.has(`location.pathname.startsWith("/documents/")`) {
		w.click(".app-file__do a")
	}
	w.sees(`document.getElementById("result")`)
	w.sees(says("It is about the document, not the person."))
	location, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	id = regexp.MustCompile(`TSD-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(location)
	w.click(`a[href="/documents/` + id + `/examine"].govuk-button`)
	w.sees(`document.querySelector(".app-stage img").naturalWidth && document.querySelector("[id^=finding-]")`)
	return id
}

// startsNext takes the most urgent review and leaves it for others.
func (w *walker) startsNext() {
	w.t.Helper()
	w.goes("/queue")
	w.click("#next")
	w.sees(`location.pathname.startsWith("/reviews/") && document.querySelector("[data-stand=mine]")`)
	w.click(`form[action$="/leave"] button`)
	w.sees(`location.pathname.startsWith("/queue")`)
}

// decides opens the review of one document by the queue, looks at the evidence and
// says that the document was altered.
func (w *walker) decides(id string) {
	w.t.Helper()
	w.goes("/queue?reference=" + id)
	w.click("#queue th a")
	w.sees(`document.querySelector("[data-stand=mine]")`)
	if w.has(`document.querySelector("form[action$='/impression']")`) {
		w.click(`form[action$="/impression"] .govuk-radios__label`, `form[action$="/impression"] button`)
		w.sees(`document.getElementById("decide")`)
	}
	if w.has(says("Decision 1")) {
		w.t.Error("who decides reads what somebody else decided")
	}
	w.sees(`document.querySelector(".app-stage img").naturalWidth`)
	w.click("label[for=findings]", "label[for=verdict-altered]", "label[for=confidence-probable]")
	w.do(chromedp.SendKeys(chromedp.CSS("#reason"), "One digit is thinner than the others."))
	w.click("#record")
	w.sees(says("Your decision on " + id + " is recorded"))
}

// looksUp searches for a document, and keeps a filter of the queue.
func (w *walker) looksUp(id string) {
	w.t.Helper()
	w.goes("/search")
	w.click("label[for=kind]")
	w.do(chromedp.SendKeys(chromedp.CSS("#text"), id))
	w.click("label[for=reason]")
	w.do(chromedp.SendKeys(chromedp.CSS("#note"), "Case 17"))
	w.click("main form button[type=submit]")
	w.sees(`location.pathname.startsWith("/search/") && ` + says("1 document found"))
	w.goes("/queue?channel=custody")
	w.do(chromedp.SendKeys(chromedp.CSS("#filter-name"), "In custody"))
	w.click(`form:has(#filter-name) button`)
	w.sees(`location.pathname === "/queue" && [...document.querySelectorAll("main a")].some(a => a.textContent.includes("In custody"))`)
}

// raises goes to safety from a document and raises a concern.
func (w *walker) raises(id string) {
	w.t.Helper()
	w.click("header a.app-safety")
	w.sees(`document.getElementById("raise-concern")`)
	w.click("#raise-concern")
	w.sees(`!document.getElementById("raise-concern") && ` + says(strings.TrimSpace(id)))
}
