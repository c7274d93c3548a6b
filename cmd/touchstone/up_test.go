package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// startUp starts everything as `make run` does and waits until it says where to
// go: the desk serves before the demo is filled in.
func startUp(t *testing.T, data, address string) process {
	t.Helper()
	p := start(t, "up", "--demo", "--data", data, "--listen", address)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := awaitDesk(ctx, address); err != nil {
		t.Fatalf("nobody serves the desk: %v", err)
	}
	for end := time.Now().Add(time.Minute); !strings.Contains(p.out.String(), "Open http://"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not say where to go:\n%s", p.out)
		}
	}
	return p
}

// stop is Ctrl-C; everything must have ended well within 30 s.
func (p process) stop(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { _ = p.Process.Signal(syscall.SIGQUIT) })
	defer late.Stop()
	if err := p.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, p.out)
	}
}

// TestUp starts the whole product twice on one folder: a person signs in with
// a browser, uploads a passport and reads the answer, and all of it is still
// there afterwards.
func TestUp(t *testing.T) {
	data, address := filepath.Join(t.TempDir(), "data"), freeAddress(t)
	p := startUp(t, data, address)
	id := uploadInBrowser(t, "http://"+address)
	code, _, says := touchstone(t, nil, "up", "--data", data, "--listen", freeAddress(t))
	if code != exitProblem || !strings.Contains(says, "is in use by another") {
		t.Errorf("a second one on the same folder: exit %d, %s", code, says)
	}
	before := reportOf(t, address, id)
	p.stop(t)
	for _, want := range []string{"Demo accounts: officer", "Open http://" + address, "Stopped."} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("the terminal does not say %q:\n%s", want, p.out)
		}
	}
	p = startUp(t, data, address)
	if after := reportOf(t, address, id); !bytes.Equal(before, after) {
		t.Error("the report has changed over the restart")
	}
	p.stop(t)
}

// reportOf reads a report through the API.
func reportOf(t *testing.T, address, id string) json.RawMessage {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/api/v1/documents/"+id+"/report", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("officer", demoPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("report of %s: %s, %v", id, resp.Status, err)
	}
	return body
}

// browser is Chromium with one page open.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// uploadInBrowser does what an officer does, and gives the document's reference.
func uploadInBrowser(t *testing.T, desk string) (id string) {
	t.Helper()
	picture, _, err := fixtures.Picture(mrz.TD3, fixtures.DateOfBirthDigit, 21)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "passport.jpg")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	begin := time.Now()
	err = chromedp.Do(ctx,
		chromedp.Navigate(desk+"/upload"),
		chromedp.SendKeys(chromedp.CSS("#name"), "officer"),
		chromedp.SendKeys(chromedp.CSS("#password"), demoPassword),
		chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("#encounter")),
		chromedp.SendKeys(chromedp.CSS("#encounter"), "UTO-241126-0009"),
		chromedp.Click(chromedp.CSS("label[for=capture]")),
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}),
		chromedp.Click(chromedp.CSS("#start")),
		chromedp.WaitVisible(chromedp.CSS("#result")),
	)
	if err != nil {
		t.Fatalf("upload with a browser: %v; it shows:\n%s", err, textOf(ctx, "body"))
	}
	t.Logf("from the sign-in page to the answer: %s", time.Since(begin).Round(time.Millisecond))
	if h := textOf(ctx, "h1"); !strings.Contains(h, "indication that this document should be examined") {
		t.Errorf("the answer's heading is %q", h)
	}
	for _, want := range []string{"date of birth", "It is about the document, not the person."} {
		if body := textOf(ctx, "main"); !strings.Contains(body, want) {
			t.Errorf("the answer does not say %q:\n%s", want, body)
		}
	}
	keepPicture(ctx, t, "result")
	location, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	id = location[strings.LastIndexByte(location, '/')+1:]
	if _, err := pipeline.ParseDocumentID(id); err != nil {
		t.Fatalf("the answer is at %s", location)
	}
	return id
}

// textOf is what a person reads in an element, or why nothing.
func textOf(ctx context.Context, selector string) string {
	s, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		return err.Error()
	}
	return s
}

// keepPicture keeps what the browser shows, for people to look at: run the test
// with -artifacts.
func keepPicture(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
