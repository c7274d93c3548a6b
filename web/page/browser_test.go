package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"touchstone.internal/pipeline"
)

// contentPolicy is that of the handlers.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// desk serves the pages as the real handlers do, but nothing behind them.
type desk struct {
	*http.ServeMux
	pages *Pages
}

func newDesk(t *testing.T) (*desk, *httptest.Server) {
	t.Helper()
	d := &desk{ServeMux: http.NewServeMux(), pages: load(t)}
	d.Handle("GET /assets/{name}", d.pages.Assets())
	wide, tall := drawn(t).jpeg, drawnTall(t).jpeg
	d.HandleFunc("GET /documents/{id}/image", func(w http.ResponseWriter, r *http.Request) {
		picture := wide
		if r.PathValue("id") == tallID {
			picture = tall
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture)
	})
	for _, e := range examples(t) {
		d.HandleFunc("GET /example/"+e.name, func(w http.ResponseWriter, _ *http.Request) { d.show(t, w, e) })
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", contentPolicy)
		d.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return d, server
}

func (d *desk) show(t *testing.T, w http.ResponseWriter, e example) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := d.pages.Render(w, e.page, e.shell, e.view); err != nil {
		t.Error(err)
	}
}

// quiet is a stream of events that never says anything.
func quiet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// browser is a tab of a real Chromium, and what its console complained of.
type browser struct {
	tab    context.Context //nolint:containedctx // chromedp's handle of a tab is a context
	mu     sync.Mutex
	errors []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium: apt-get install chromium (make test does it)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &browser{tab: ctx}
	said := chromedp.Console(ctx)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	go func() { // ends with the context
		for m, err := range said {
			if err == nil && (m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning) {
				b.complain(m.Source + " " + m.String())
			}
		}
	}()
	return b
}

func (b *browser) complain(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.errors = append(b.errors, what)
}

// complaints gives what the console complained of since the last time.
func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.errors
	b.errors = nil
	return said
}

// browserPatience is how long the browser may take for one thing, on a machine
// that does others.
const browserPatience = time.Minute

// do runs actions, within their time.
func (b *browser) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, browserPatience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatalf("browser: %v\nconsole: %q", err, b.complaints())
	}
}

// eval gives the value of an expression; of a promise, what it becomes.
func eval[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, browserPatience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("evaluate: %v\nconsole: %q", err, b.complaints())
	}
	return v
}

// is waits until an expression is true, across navigations, or says what the
// page is instead.
func (b *browser) is(t *testing.T, expression string) {
	t.Helper()
	for range 500 {
		if ok, err := chromedp.Run(b.tab, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never true: %s\n%s\nconsole: %q", expression,
		eval[string](t, b, `document.title + " | " + location.href + " | " + document.activeElement.outerHTML.slice(0, 200)`), b.complaints())
}

// violation is what axe says of one rule.
type violation struct {
	ID     string `json:"id"`
	Help   string `json:"help"`
	Target string `json:"target"`
}

// runAxe asks for every rule, and runColours for those that colours decide.
const (
	runAxe     = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], ` + axeAnswer
	runColours = `axe.run(document, {runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}, ` + axeAnswer
)

const axeAnswer = `resultTypes: ["violations"]})
	.then(r => r.violations.flatMap(v => v.nodes.map(n => ({id: v.id, help: v.help, target: n.html.slice(0, 300) + " " + n.any.concat(n.all, n.none).map(x => x.message).join("; ")}))))`

// looks are how every page is looked at. Every rule is asked where the page is widest
// and where it is slimmest: names, roles and structure are those of a phone at both of
// the narrow widths, and do not change with the colours. Those are asked of all.
var looks = []struct {
	scheme, suffix, ask string
	width               int64
}{
	{"light", "", runAxe, 1280},
	{"light", "", runColours, 390},
	{"light", "", runAxe, slimmest},
	{"dark", "-dark", runColours, slimmest},
	{"dark", "-dark", runColours, 390},
	{"dark", "-dark", runColours, 1280},
}

// slimmest is the width at which nothing may scroll sideways. Nobody needs a
// picture of it beside that of a phone.
const slimmest = 320

// prefers makes the device ask for light or dark colours.
func prefers(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// overflow is by how much a page scrolls sideways (WCAG 1.4.10).
const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// smallTargets are the controls of less than 24 pixels that have none of the
// exceptions of WCAG 2.5.8: a link in a sentence or a list of a text, a control
// of the browser's own, and what has room around it so that a circle of 24
// pixels touches no other target.
const smallTargets = `(() => {
	const all = [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']")]
		.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".govuk-visually-hidden,.govuk-skip-link"));
	const box = e => (e.matches("input[type=radio],input[type=checkbox]") && e.labels?.[0] || e).getBoundingClientRect();
	const crowded = e => { const r = box(e), x = r.left + r.width / 2, y = r.top + r.height / 2;
		return all.some(o => { if (o === e || o.contains(e) || e.contains(o)) return false; const q = box(o);
			return Math.hypot(Math.max(q.left - x, 0, x - q.right), Math.max(q.top - y, 0, y - q.bottom)) < 12 }) };
	const inText = e => e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.innerText.trim().length > e.innerText.trim().length;
	return all.filter(e => { const r = box(e); return (r.width < 24 || r.height < 24) && !inText(e) && crowded(e) }).map(e => e.outerHTML.slice(0, 150));
})()`

// spaced gives the text the space of WCAG 1.4.12 and tells what is cut off or
// makes the page scroll sideways.
const spaced = `(() => {
	const set = new CSSStyleSheet();
	set.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}");
	document.adoptedStyleSheets = [set];
	const cut = [...document.querySelectorAll("main *,header *,footer *")].filter(e => e.checkVisibility() && !e.closest("svg,.govuk-visually-hidden,thead,.app-mrz-box,.app-stage,.app-typed") &&
		["hidden", "clip"].includes(getComputedStyle(e).overflowX) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 150));
	const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	if (over > 0) cut.push("the page scrolls sideways by " + over);
	document.adoptedStyleSheets = [];
	return cut;
})()`

// TestAccessible shows every example in Chromium, wide, on a phone and as narrow as
// can be, in both themes, and asks axe (UI-30). It looks for sideways scrolling at 320 pixels and
// text that more space cuts off (UI-31), for small targets (UI-32), for a margin in
// between and for anything that the content policy stopped (UI-25).
func TestAccessible(t *testing.T) {
	d, server := newDesk(t)
	d.HandleFunc("GET /documents/{id}/events", quiet)
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	shots := screenshots(t)
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/example/"+e.name))
			b.is(t, `document.readyState === "complete" && document.body.classList.contains("js-enabled")`)
			eval[chromedp.Void](t, b, string(axe))
			for _, look := range looks {
				b.do(t, chromedp.EmulateViewport(look.width, 900), prefers(look.scheme))
				if look.width != slimmest {
					shots.take(t, b, e.name+look.suffix, look.width)
				}
				b.safety(t)
				for _, v := range eval[[]violation](t, b, look.ask) {
					t.Errorf("%s at %d pixels: %s: %s\n%s", look.scheme, look.width, v.ID, v.Help, v.Target)
				}
			}
			b.do(t, prefers("light"))
			b.do(t, chromedp.EmulateViewport(1920, 1080))
			b.safety(t)
			b.do(t, chromedp.EmulateViewport(1100, 900)) // between the widths at which the margins change
			if left := eval[float64](t, b, `document.getElementById("main-content").getBoundingClientRect().left`); left < 15 {
				t.Errorf("at 1100 pixels the left margin is %v; want at least 15", left)
			}
			b.do(t, chromedp.EmulateViewport(slimmest, 640))
			if over := eval[int](t, b, overflow); over > 0 {
				t.Errorf("at 320 pixels it scrolls sideways by %d", over)
			}
			b.safety(t)
			for _, small := range eval[[]string](t, b, smallTargets) {
				t.Errorf("at 320 pixels a target is less than 24 pixels: %s", small)
			}
			for _, clipped := range eval[[]string](t, b, spaced) {
				t.Errorf("with more space between letters and lines it is cut off: %s", clipped)
			}
			for _, c := range b.complaints() {
				t.Errorf("console: %s", c)
			}
		})
	}
}

// safety holds that help for somebody's safety is one step away: a link that can
// be seen and hit at the top of every page (UI-04).
func (b *browser) safety(t *testing.T) {
	t.Helper()
	fault := eval[string](t, b, `(() => {
		scrollTo(0, 0);
		const link = document.querySelector("header a.app-safety"), r = link.getBoundingClientRect();
		if (!link.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return "it is hidden";
		if (r.left < 0 || r.right > innerWidth || r.top < 0 || r.bottom > innerHeight) return "it is off the screen";
		if (r.height < 24 || r.width < 24) return "it is too small";
		return link.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2)) ? "" : "something lies over it";
	})()`)
	if fault != "" {
		t.Errorf("the way to safety at %d pixels: %s", eval[int](t, b, "innerWidth"), fault)
	}
}

// gallery is the folder for screenshots; nowhere unless somebody asks with
// -artifacts or TOUCHSTONE_SCREENSHOTS.
type gallery string

func screenshots(t *testing.T) gallery {
	t.Helper()
	if folder := os.Getenv("TOUCHSTONE_SCREENSHOTS"); folder != "" {
		return gallery(folder)
	}
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		return gallery(t.ArtifactDir())
	}
	return ""
}

func (g gallery) take(t *testing.T, b *browser, name string, width int64) {
	t.Helper()
	if g == "" {
		return
	}
	shoot := chromedp.FullScreenshot(100)
	if width == 0 { // what is on the screen now
		shoot = chromedp.CaptureScreenshot()
	}
	png, err := chromedp.Run(b.tab, shoot)
	if err != nil {
		t.Fatalf("take a screenshot: %v", err)
	}
	if err := os.WriteFile(filepath.Join(string(g), fmt.Sprintf("%s-%d.png", name, width)), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestProgressBecomesTheAnswer by an event, without a reload, and puts the
// focus on the headline.
func TestProgressBecomesTheAnswer(t *testing.T) {
	d, server := newDesk(t)
	es := map[string]example{}
	for _, e := range examples(t) {
		es[e.name] = e
	}
	go1, screened := make(chan bool), false
	var mu sync.Mutex
	d.HandleFunc("GET /documents/{id}", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if screened {
			d.show(t, w, es["document-high"])
			return
		}
		d.show(t, w, es["document-waiting"])
	})
	d.HandleFunc("GET /documents/{id}/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "id: 1\nevent: state\ndata: {\"state\":\"screening\",\"conclusion\":\"\",\"waiting\":0}\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-go1:
		case <-r.Context().Done():
			return
		}
		mu.Lock()
		screened = true
		mu.Unlock()
		fmt.Fprint(w, "id: 2\nevent: state\ndata: {\"state\":\"screened\",\"conclusion\":\"review_suggested\",\"waiting\":0}\n\n")
		_ = http.NewResponseController(w).Flush()
	})
	b := newBrowser(t)
	b.do(t, chromedp.Navigate(server.URL+"/documents/TSD-7Q4K-2M9X"))
	eval[chromedp.Void](t, b, `window.said = []; new MutationObserver(() => { const s = document.getElementById("app-live").textContent; if (s) window.said.push(s) }).observe(document.getElementById("app-live"), {childList: true})`)
	b.is(t, `document.querySelector("[data-stage=screening]").className === "is-now" && document.getElementById("app-live").textContent === "Reading and checking it now"`)
	if n := eval[int](t, b, `window.said.length`); n > 1 { // UI-34
		t.Errorf("one change was said %d times", n)
	}
	eval[bool](t, b, "window.untouched = true")
	close(go1)
	b.is(t, `window.untouched && document.activeElement.id === "result" && document.title.startsWith("Result: Strong indication")`)
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("console: %q", c)
	}
}

// TestProgressWithoutEvents: the stream says nothing, or is cut off in the middle
// and cannot be opened again. The page asks, and has the final state within 15
// seconds without a reload (UI-21).
func TestProgressWithoutEvents(t *testing.T) {
	opened := 0
	for name, stream := range map[string]http.HandlerFunc{
		"silent": quiet,
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			if opened++; opened > 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "id: 1\nevent: state\ndata: {\"state\":\"screening\",\"conclusion\":\"\",\"waiting\":0}\n\n")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) { withoutEvents(t, stream) })
	}
}

func withoutEvents(t *testing.T, stream http.HandlerFunc) {
	d, server := newDesk(t)
	var mu sync.Mutex
	screened := false
	d.HandleFunc("GET /documents/{id}", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range examples(t) {
			if screened && e.name == "document-clear" || !screened && e.name == "document-waiting" {
				d.show(t, w, e)
			}
		}
	})
	d.HandleFunc("GET /documents/{id}/events", stream)
	d.HandleFunc("GET /api/v1/documents/{id}", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		screened = true
		_ = json.NewEncoder(w).Encode(map[string]string{"state": "screened"})
	})
	b := newBrowser(t)
	b.do(t, chromedp.Navigate(server.URL+"/documents/TSD-7Q4K-2M9X"))
	eval[bool](t, b, "window.untouched = true")
	b.is(t, `window.untouched && document.title.startsWith("Result: No irregularity found")`)
	took := eval[float64](t, b, `performance.now()`)
	t.Logf("%.1f seconds after the page was opened", took/1000)
	if took > 15_000 {
		t.Errorf("it took %.1f seconds; want at most 15", took/1000)
	}
}

// uploads is an API that keeps pieces, counts, breaks off in the middle of one
// file and is busy once with another.
type uploads struct {
	sync.Mutex
	running, most int
	files         []*uploadedFile
}

type uploadedFile struct {
	Name   string `json:"file_name"`
	Size   int64  `json:"size"`
	Digest string `json:"sha256"`
	PageOf string `json:"page_of"`
	Offset int64  `json:"offset"`
	ID     string `json:"id"`
	broke  int
	filed  int
}

func (u *uploads) named(name string) *uploadedFile {
	u.Lock()
	defer u.Unlock()
	for _, f := range u.files {
		if f.Name == name {
			return f
		}
	}
	return &uploadedFile{}
}

func (u *uploads) serve(d *desk) {
	d.HandleFunc("POST /api/v1/uploads", func(w http.ResponseWriter, r *http.Request) {
		u.Lock()
		defer u.Unlock()
		f := &uploadedFile{ID: fmt.Sprint(len(u.files))}
		if err := json.NewDecoder(r.Body).Decode(f); err != nil || len(f.Digest) != 64 {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		u.files = append(u.files, f)
		answerJSON(w, http.StatusCreated, f)
	})
	d.HandleFunc("GET /api/v1/uploads/{id}", func(w http.ResponseWriter, r *http.Request) {
		u.Lock()
		defer u.Unlock()
		answerJSON(w, http.StatusOK, u.file(r))
	})
	d.HandleFunc("PATCH /api/v1/uploads/{id}", u.piece)
	d.HandleFunc("DELETE /api/v1/uploads/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	d.HandleFunc("POST /api/v1/uploads/{id}/document", u.document)
}

func (u *uploads) file(r *http.Request) *uploadedFile {
	n, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || n >= len(u.files) {
		return &uploadedFile{}
	}
	return u.files[n]
}

// piece takes a piece. In the middle of c.jpg the line breaks, twice.
func (u *uploads) piece(w http.ResponseWriter, r *http.Request) {
	u.Lock()
	u.running++
	u.most = max(u.most, u.running)
	u.Unlock()
	time.Sleep(100 * time.Millisecond)
	b, _ := io.ReadAll(r.Body)
	u.Lock()
	defer u.Unlock()
	u.running--
	f := u.file(r)
	if f.Name == "c.jpg" && f.broke < 2 {
		f.broke++
		f.Offset += int64(len(b) / 2)
		panic(http.ErrAbortHandler)
	}
	if r.Header.Get("Upload-Offset") != fmt.Sprint(f.Offset) {
		answerJSON(w, http.StatusConflict, struct{}{})
		return
	}
	f.Offset += int64(len(b))
	w.WriteHeader(http.StatusNoContent)
}

func (u *uploads) document(w http.ResponseWriter, r *http.Request) {
	u.Lock()
	defer u.Unlock()
	var a struct {
		Encounter, Capture string
		PageOf             string `json:"page_of"`
	}
	f := u.file(r)
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil || a.Encounter != "NPT-241126-0147" || a.Capture != "C1" || f.Offset != f.Size {
		http.Error(w, "{}", http.StatusTeapot)
		return
	}
	f.PageOf = a.PageOf
	if f.filed++; f.Name == "b.jpg" && f.filed == 1 {
		answerJSON(w, http.StatusInternalServerError, map[string]any{"title": "Broken", "detail": "b.jpg could not be stored. Try again", "status": 500})
		return
	}
	answerJSON(w, http.StatusCreated, map[string]any{"id": "TSD-" + strings.TrimSuffix(f.Name, ".jpg"), "state": "received"})
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// pictures are files to choose: a.jpg to e.jpg, and one that is empty.
func pictures(t *testing.T) (paths []string) {
	t.Helper()
	folder := t.TempDir()
	for i, name := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "empty.jpg"} {
		content := append(bytes.Clone(drawn(t).jpeg), byte(i))
		if name == "empty.jpg" {
			content = nil
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// TestUpload sends five images, three at a time and in pieces, over a line that
// breaks; tries the failed one again and ends at their results.
func TestUpload(t *testing.T) {
	d, server := newDesk(t)
	api := &uploads{}
	api.serve(d)
	d.HandleFunc("GET /upload/received", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<title>arrived</title>")) })
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/example/upload"))
	b.is(t, `document.getElementById("drop").classList.contains("is-ready")`)
	b.do(t, chromedp.Click(chromedp.CSS("#start")))
	b.is(t, `document.title.startsWith("Error: ") && document.querySelectorAll(".govuk-error-summary li").length === 3 && document.querySelectorAll(".govuk-error-message").length === 3`)
	b.do(t, chromedp.Click(chromedp.CSS(".govuk-error-summary li:nth-child(2) a"))) // UI-53
	b.is(t, `document.activeElement.id === "capture" && [...document.querySelectorAll(".govuk-error-summary li")].every(li => [...document.querySelectorAll(".govuk-error-message")].some(m => m.textContent === li.textContent))`)
	b.do(t, chromedp.SetUploadFiles(chromedp.CSS("#file"), pictures(t)))
	b.is(t, `document.querySelectorAll(".app-file").length === 6 && document.querySelector(".app-file__refused").textContent.startsWith("empty.jpg is empty")`)
	b.is(t, `document.querySelectorAll(".govuk-tag--turquoise").length === 5`) // they are on their way before anybody starts
	b.do(t, chromedp.SendKeys(chromedp.CSS("#encounter"), "NPT-241126-0147"), chromedp.Click(chromedp.CSS("#capture")))
	eval[chromedp.Void](t, b, `(s => { s.value = "0"; s.dispatchEvent(new Event("change")) })(document.getElementById("side-3"))`)
	b.is(t, `!document.getElementById("side-0") && document.getElementById("side-3").selectedOptions[0].text === "another side of a.jpg"`)
	screenshots(t).take(t, b, "upload-chosen", 1280)
	b.do(t, chromedp.Click(chromedp.CSS("#start")))
	b.is(t, `document.querySelector("[id^=retry]") && document.querySelectorAll(".govuk-tag--green").length === 4 && !document.getElementById("onward").hidden`)
	screenshots(t).take(t, b, "upload-failed", 1280)
	b.do(t, chromedp.Click(chromedp.CSS("#remove-5")), chromedp.Click(chromedp.CSS("[id^=retry]")))
	b.is(t, `document.title === "arrived" && location.search === "?encounter=NPT-241126-0147&id=TSD-a&id=TSD-b&id=TSD-c&id=TSD-d&id=TSD-e"`)
	if api.most != 3 || len(api.files) != 5 || api.named("b.jpg").filed != 2 || api.named("a.jpg").filed != 1 || api.named("c.jpg").broke != 2 || api.named("d.jpg").PageOf != "TSD-a" {
		t.Errorf("%d ran at once; %+v", api.most, api.files)
	}
}

// TestUploadAfterReload: the page knows what is not finished, goes on when the
// same file is chosen again, and adds nothing to an encounter by itself.
func TestUploadAfterReload(t *testing.T) {
	d, server := newDesk(t)
	files := pictures(t)
	size := int64(len(drawn(t).jpeg) + 1)
	sum := fmt.Sprintf("%x", sha256.Sum256(append(bytes.Clone(drawn(t).jpeg), 0)))
	api := &uploads{files: []*uploadedFile{{ID: "0", Name: "a.jpg", Size: size, Digest: sum, Offset: size / 2}, {ID: "1", Name: "b.jpg", Size: size, Offset: size}}}
	api.serve(d)
	d.HandleFunc("GET /upload", func(w http.ResponseWriter, _ *http.Request) {
		var view Upload
		for _, f := range api.files {
			view.Unfinished = append(view.Unfinished, UnfinishedUpload{pipeline.Upload{ID: f.ID, FileName: f.Name, Size: f.Size, Digest: pipeline.Digest(f.Digest)}, f.Offset})
		}
		d.show(t, w, example{"", "upload", shell(officer, "/upload"), view})
	})
	d.HandleFunc("GET /documents/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<title>arrived</title>")) })
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(390, 900), chromedp.Navigate(server.URL+"/upload"))
	b.is(t, `document.querySelector(".app-file p").textContent.endsWith("Choose the same file again to go on.") && !document.getElementById("unfinished")`)
	screenshots(t).take(t, b, "upload-reloaded", 390)
	b.do(t, chromedp.SetUploadFiles(chromedp.CSS("#file"), files[:1]))
	b.is(t, `document.querySelectorAll(".app-file").length === 2 && document.querySelector(".app-file .govuk-tag").textContent === "Uploaded"`)
	b.do(t, chromedp.SendKeys(chromedp.CSS("#encounter"), "NPT-241126-0147"), chromedp.Click(chromedp.CSS("#capture")), chromedp.Click(chromedp.CSS("#start")))
	b.is(t, `document.title === "arrived" && location.pathname === "/documents/TSD-a"`)
	if len(api.files) != 2 || api.named("a.jpg").Offset != size || api.named("b.jpg").filed != 0 {
		t.Errorf("%+v", api.files)
	}
}

// TestViewer looks at findings with the keyboard alone (UI-06, UI-12).
func TestViewer(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/example/examine-high"))
	b.is(t, `!document.querySelector(".app-viewer__bar").hidden && document.querySelector(".app-stage img").complete`)
	b.do(t, chromedp.KeyEvent("j"))
	b.is(t, `document.getElementById("finding-P1").classList.contains("is-on") && parseInt(document.getElementById("zoom").textContent) > 150 && document.getElementById("focus-inner").getAttribute("visibility") === "visible" && document.getElementById("app-live").textContent.startsWith("Finding 1 of ")`)
	b.do(t, chromedp.KeyEvent("j"))
	b.is(t, `document.getElementById("finding-P2").classList.contains("is-on")`)
	// The frame must lie around what the finding points at, in the middle.
	b.is(t, `(() => { const s = document.getElementById("stage").getBoundingClientRect(), f = document.getElementById("focus-inner").getBoundingClientRect();
		return f.left >= s.left && f.right <= s.right && f.top >= s.top && f.bottom <= s.bottom })()`)
	screenshots(t).take(t, b, "examine-finding", 0)
	b.do(t, chromedp.KeyEvent("k"), chromedp.KeyEvent("h"))
	b.is(t, `document.getElementById("finding-P1").classList.contains("is-on") && document.getElementById("boxes").classList.contains("app-off")`)
	b.do(t, chromedp.KeyEvent("h"), chromedp.KeyEvent("0"))
	b.is(t, `!document.getElementById("boxes").classList.contains("app-off") && document.getElementById("zoom").textContent === "100%"`)
	b.do(t, chromedp.KeyEvent("?"))
	b.is(t, `document.getElementById("keys-help").open`)
	b.do(t, chromedp.Click(chromedp.CSS("#keys")), chromedp.KeyEvent("+"))
	b.is(t, `document.getElementById("zoom").textContent === "100%"`)
	b.do(t, chromedp.Click(chromedp.CSS("#finding-J1 [data-show]")))
	b.is(t, `document.getElementById("finding-J1").classList.contains("is-on")`)
}

// TestViewerFitsATallPicture: the whole page is in view without scrolling.
func TestViewerFitsATallPicture(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/example/examine-tall"))
	b.is(t, `document.querySelector(".app-stage img").complete && document.getElementById("zoom").textContent === "100%" && document.querySelector(".app-stage__in").style.width`)
	if over := eval[int](t, b, `document.getElementById("stage").scrollHeight - document.getElementById("stage").clientHeight`); over > 0 {
		t.Errorf("the picture is %d pixels higher than its place", over)
	}
	b.do(t, chromedp.KeyEvent("j"))
	b.is(t, `(() => { const s = document.getElementById("stage").getBoundingClientRect(), f = document.getElementById("focus-inner").getBoundingClientRect();
		return f.width > 50 && f.left >= s.left && f.right <= s.right && f.top >= s.top && f.bottom <= s.bottom })()`)
}

// TestWithoutJavaScript reads the pages as they come (UI-20): nothing that
// needs a script is on the screen, and forms are plain forms.
func TestWithoutJavaScript(t *testing.T) {
	_, server := newDesk(t)
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	for _, name := range []string{"upload", "examine-high", "document-high", "typed-agrees"} {
		b.do(t, chromedp.Navigate(server.URL+"/example/"+name))
		screenshots(t).take(t, b, name+"-no-script", 1280)
		dead := eval[int](t, b, `[...document.querySelectorAll("[data-view],[data-layer],[data-print],#photo-box,#drop-hint")].filter(e => e.checkVisibility({visibilityProperty: true})).length`)
		if dead > 0 {
			t.Errorf("%s shows %d controls that do nothing", name, dead)
		}
	}
	b.do(t, chromedp.Navigate(server.URL+"/example/upload"))
	form := eval[string](t, b, `(f => f.method + " " + f.getAttribute("action") + " " + f.enctype + " " + f.elements.file.name + f.elements.file.multiple)(document.forms[1])`)
	if form != "post /upload multipart/form-data filetrue" {
		t.Errorf("the form is %q", form)
	}
}

// TestTypedZone types a zone and reads the answer with the keyboard alone, and
// without JavaScript: the text goes by POST and no address ever holds it.
func TestTypedZone(t *testing.T) {
	d, server := newDesk(t)
	d.HandleFunc("GET /typed-zone", func(w http.ResponseWriter, _ *http.Request) {
		d.show(t, w, example{"typed", "typed-zone", shell(officer, "/typed-zone"), TypedZone{}})
	})
	d.HandleFunc("POST /typed-zone", func(w http.ResponseWriter, r *http.Request) {
		d.show(t, w, example{"typed", "typed-zone", shell(officer, "/typed-zone"), typedExample(r.PostFormValue("text"))})
	})
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	b.do(t, chromedp.Navigate(server.URL+"/typed-zone"))
	toText := func() {
		for range 15 {
			if eval[bool](t, b, `document.activeElement.id === "text"`) {
				return
			}
			b.do(t, chromedp.KeyEvent("\t"))
		}
		t.Fatal("the tab key does not lead to the text")
	}
	toText()
	b.do(t, chromedp.KeyEvent("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\rl898902c36uto7408122f1204159ze184226b<<<<<1"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"))
	b.is(t, `document.title.startsWith("Error: ") && document.querySelector(".govuk-error-summary a").textContent.startsWith("Line 2 has 43 characters") && document.getElementById("text").value.endsWith("<1")`)
	b.do(t, chromedp.Navigate(server.URL+"/typed-zone"))
	toText()
	b.do(t, chromedp.KeyEvent("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\rl898902c36uto7408122f1204159ze184226b<<<<<10"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"))
	b.is(t, `document.title.startsWith("Nothing disagrees") && location.pathname + location.search + location.hash === "/typed-zone" && document.querySelectorAll("pre [role=group]").length === 3`)
	screenshots(t).take(t, b, "typed-keyboard", 0)
	for range 15 {
		if eval[bool](t, b, `document.activeElement.classList.contains("app-mrz-box")`) { // the lines can be scrolled by key
			return
		}
		b.do(t, chromedp.KeyEvent("\t"))
	}
	t.Error("the tab key does not lead to the lines")
}
