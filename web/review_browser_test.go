package web

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"touchstone.internal/pipeline"
)

// tab is one of a real Chromium in which the reviewer is signed in. It counts
// the keys that are pressed.
type tab struct {
	ctx  context.Context //nolint:containedctx // chromedp's handle of a tab is a context
	t    *testing.T
	w    *world
	keys int
}

// tab opens one at an address.
func (w *world) tab(t *testing.T, path string) *tab {
	t.Helper()
	return w.tabOf(t, reviewer, path)
}

// tabOf opens one of a browser of its own, for one of the reviewers.
func (w *world) tabOf(t *testing.T, name, path string) *tab {
	t.Helper()
	exe, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium: apt-get install chromium (make test does it)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // it ends with the context that it starts in
		t.Fatalf("start chromium: %v", err)
	}
	b := &tab{ctx: ctx, t: t, w: w}
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(w.url+"/sign-in?next="+path))
	b.is(`document.body.classList.contains("js-enabled")`)
	b.do(chromedp.SendKeys(chromedp.CSS("#name"), name), chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("main button[type=submit]")))
	return b
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

// is waits until an expression is true, across navigations.
func (b *tab) is(expression string) {
	b.t.Helper()
	for range 400 {
		if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	where, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.title + " | " + location.href + " | " + document.activeElement.outerHTML.slice(0, 200)`))
	b.t.Fatalf("never true: %s\n%s", expression, where)
}

// press presses keys, one keystroke each.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.keys++
		b.do(chromedp.KeyEvent(k))
	}
}

// typed is a text, which is not counted.
func (b *tab) typed(s string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(s))
}

// ready is when the page of a review can be worked with.
const ready = `document.querySelector("[data-stand=mine]") && !document.querySelector(".app-viewer__bar").hidden && document.querySelector(".app-stage img").naturalWidth`

// TestReviewByKeyboard: from the queue to the recorded decision with every
// finding seen, by the keyboard alone and within 20 keystrokes (UI-05).
func TestReviewByKeyboard(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.tab(t, "/queue")
	b.is(`!document.getElementById("keys-help").hidden`)
	b.press("n") // start the next review
	b.is(ready)
	b.press("j", "x", "j", "j") // three findings; the decision rests on the first
	b.is(`document.getElementById("app-live").textContent.startsWith("Finding 3 of 3")`)
	b.press("d", kb.ArrowDown) // altered
	b.is(`document.activeElement.value === "altered" && document.activeElement.checked`)
	b.press(kb.Tab) // more exactly: as it is
	b.is(`document.activeElement.id === "code-altered"`)
	b.press(kb.Tab, kb.ArrowDown) // how sure: probable
	b.is(`document.activeElement.id === "confidence-probable" && document.activeElement.checked`)
	b.press(kb.Tab, kb.Tab, kb.Tab) // basis, level, and what was seen
	b.is(`document.activeElement.id === "reason"`)
	b.typed("The seven is thinner than the other digits. jk12hd?x")
	b.press(kb.Tab, kb.Enter)
	b.is(`location.pathname === "/queue" && document.body.textContent.includes("Your decision on ` + id + ` is recorded")`)
	ds := w.decisions(t, id)
	if len(ds) != 1 || ds[0].Verdict != pipeline.DataAltered || ds[0].Confidence != pipeline.Probable || ds[0].Reason != "The seven is thinner than the other digits. jk12hd?x" {
		t.Fatalf("recorded is %+v", ds)
	}
	if got := len(ds[0].Findings); got != 1 || ds[0].Findings[0] != "MRZ-04" {
		t.Errorf("relied on are %q", ds[0].Findings)
	}
	if len(ds[0].Opened) != 4 { // the picture and three findings
		t.Errorf("opened are %q", ds[0].Opened)
	}
	t.Logf("%d keystrokes, %v of activity", b.keys, ds[0].Active)
	if b.keys > 20 {
		t.Errorf("it takes %d keystrokes; want at most 20", b.keys)
	}
}

// TestReviewKeys: what the other keys do, and that they can be switched off for
// good.
func TestReviewKeys(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.tab(t, "/reviews/"+id)
	b.is(ready)
	b.press("j", "d", kb.Escape)
	b.is(`document.activeElement.id === "finding-P1"`)
	b.press("i")
	b.is(`document.activeElement.id === "stage"`)
	b.press("r")
	b.is(`document.querySelector(".app-stage__turn").style.transform.includes("rotate(90deg)")`)
	b.press("j") // the frame lies where the finding is, turned or not
	b.is(`(() => { const s = document.getElementById("stage").getBoundingClientRect(), f = document.getElementById("focus-inner").getBoundingClientRect();
		return f.width > 5 && f.left >= s.left - 1 && f.right <= s.right + 1 && f.top >= s.top - 1 && f.bottom <= s.bottom + 1 })()`)
	b.press("3")
	b.is(`document.getElementById("layer-problems").classList.contains("app-off")`)
	b.press("3", "f")
	b.is(`!document.getElementById("layer-problems").classList.contains("app-off") && document.getElementById("zoom").textContent === "100%"`)
	// A layer and the next finding are there within 100 ms (UI-12): the script's own time.
	slow, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64](`(() => { let most = 0;
		for (const key of ["3", "j", "3", "j", "k"]) { const start = performance.now();
			document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})); document.body.getBoundingClientRect(); most = Math.max(most, performance.now() - start); }
		return most })()`))
	if err != nil || slow > 100 {
		t.Errorf("a key takes %v ms: %v", slow, err)
	}
	t.Logf("the slowest key takes %.1f ms", slow)
	b.press("?")
	b.is(`document.getElementById("keys-help").open`)
	b.do(chromedp.Click(chromedp.CSS("#keys")), chromedp.Navigate(w.url+"/reviews/"+id))
	b.is(ready)
	b.press("j", "d")
	b.is(`!document.querySelector(".is-on") && document.activeElement === document.body`)
}

// TestReviewDrawsAPart: a box that is drawn on the picture, turned or not, is sent
// in the pixels of the upright page.
func TestReviewDrawsAPart(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.tab(t, "/reviews/"+id)
	b.is(ready)
	b.press("r")
	b.do(chromedp.Click(chromedp.CSS("#ask summary")), chromedp.Click(chromedp.CSS("#reasons-9")), chromedp.Click(chromedp.CSS("[data-draw] button")))
	b.is(`document.getElementById("stage").dataset.drawing`)
	at := func(fx, fy string) string {
		return `{clientX: s.left + s.width * ` + fx + `, clientY: s.top + s.height * ` + fy + `, bubbles: true, button: 0, pointerId: 1, pointerType: "mouse"}`
	}
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`(() => { const stage = document.getElementById("stage"), s = document.getElementById("boxes").getBoundingClientRect();
		stage.setPointerCapture = () => {};
		stage.dispatchEvent(new PointerEvent("pointerdown", `+at(".25", ".25")+`));
		stage.dispatchEvent(new PointerEvent("pointermove", `+at(".5", ".5")+`));
		stage.dispatchEvent(new PointerEvent("pointerup", `+at(".5", ".5")+`)); return true })()`))
	if err != nil {
		t.Fatal(err)
	}
	b.is(`document.getElementById("region").value === "drawn" && !document.getElementById("stage").dataset.drawing`)
	b.do(chromedp.Click(chromedp.CSS("[data-ask] button[type=submit]")))
	b.is(`document.querySelector("[data-stand=waiting]")`)
	all, err := w.db.Recaptures(t.Context(), pipeline.DocumentID(id))
	if err != nil || len(all) != 1 {
		t.Fatalf("%d: %v", len(all), err)
	}
	// A quarter turn clockwise: right is up. The page is 64 by 48.
	want := pipeline.Box{X: 16, Y: 24, Width: 16, Height: 12}
	got := all[0].Box
	got.Label = ""
	near := func(a, b int) bool { return a-b <= 1 && b-a <= 1 }
	if !near(got.X, want.X) || !near(got.Y, want.Y) || !near(got.Width, want.Width) || !near(got.Height, want.Height) {
		t.Errorf("the part is %+v; want about %+v", got, want)
	}
}

// TestReviewSavesItself: what is typed is kept without any key for it, and all of it
// is there after a session has ended in the middle (UI-24).
func TestReviewSavesItself(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.tab(t, "/reviews/"+id)
	b.is(ready)
	b.do(chromedp.Click(chromedp.CSS("#reason")))
	b.typed("half a sen")
	b.is(`document.getElementById("saved").textContent.startsWith("Draft saved at ")`)
	b.is(`fetch("/sign-out", {method: "POST"})`)
	b.typed("tence")
	b.is(`document.getElementById("saved").textContent.startsWith("You were signed out. What you wrote is saved up to here.")`)
	b.do(chromedp.Click(chromedp.CSS("#record")))
	b.is(`location.pathname === "/sign-in"`)
	b.do(chromedp.SendKeys(chromedp.CSS("#name"), reviewer), chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("main button[type=submit]")))
	b.is(`location.pathname === "/reviews/` + id + `" && document.getElementById("reason").value === "half a sentence"`)
}
