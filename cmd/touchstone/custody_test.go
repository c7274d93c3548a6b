package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline/mrz"
)

// TestCustody records six people in custody, with everything real: three of them
// have documents, which one of the group held. Everybody is asked after, each is
// told of alone, and the print-outs of five do not tell what is thought of the
// sixth (S29).
func TestCustody(t *testing.T) {
	address := freeAddress(t)
	p := startUp(t, filepath.Join(t.TempDir(), "data"), address)
	defer p.stop(t)
	ctx := browser(t)
	c := custody{desk: "http://" + address}
	c.open(ctx, t)
	ids := []string{c.upload(t, 31), c.upload(t, 32), c.upload(t, 33)}
	for range 6 {
		do(ctx, t, chromedp.Navigate(c.people("")), chromedp.Click(chromedp.CSS(`main form[action$="/people"] button`)), chromedp.WaitVisible(chromedp.CSS("#safety")))
	}
	c.ask(ctx, t, 2)
	for i, id := range ids {
		do(ctx, t, chromedp.Navigate(c.people("")), chromedp.SetValue(chromedp.CSS("#document"), id), chromedp.SetValue(chromedp.CSS("#held_by"), "1"),
			chromedp.SetValue(chromedp.CSS("#belongs_to"), fmt.Sprint(i+1)))
		c.submit(ctx, t, `form[action$="/holdings"]`)
	}
	do(ctx, t, chromedp.Navigate(c.people("/1")), chromedp.SetValue(chromedp.CSS("#role"), "suspect_exploiter"), chromedp.SendKeys(chromedp.CSS("#role-reason"), thought))
	c.submit(ctx, t, `form[action$="/roles"]`)
	c.see(ctx, t)
	c.tell(ctx, t)
	c.print(ctx, t)
}

// thought is why somebody is thought to exploit the others.
const thought = "holds the papers of two others"

// custody is an encounter in custody.
type custody struct{ desk, reference string }

// people is the address of the group, or of something below it.
func (c custody) people(below string) string {
	return c.desk + "/encounters/" + c.reference + "/people" + below
}

// open signs in and opens the encounter.
func (c *custody) open(ctx context.Context, t *testing.T) {
	t.Helper()
	do(ctx, t,
		chromedp.Navigate(c.desk+"/encounters/new"),
		chromedp.SendKeys(chromedp.CSS("#name"), "officer"), chromedp.SendKeys(chromedp.CSS("#password"), demoPassword),
		chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("#site")),
		enterSite("NPT"), chromedp.Click(chromedp.CSS("label[for=channel-custody]")),
		chromedp.SetValue(chromedp.CSS("#people"), "6"),
		chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("#encounter")),
	)
	location, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	_, c.reference, _ = strings.Cut(location, "encounter=")
}

// upload sends a picture of a document by the API.
func (c custody) upload(t *testing.T, seed uint64) (id string) {
	t.Helper()
	picture, _, err := fixtures.Take(fixtures.Spec{Format: mrz.TD3, Seed: seed}, fixtures.CapturePhone)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"encounter": c.reference, "capture": "C1"} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", "page.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(picture); err != nil {
		t.Fatal(err)
	}
	form.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.desk+"/api/v1/documents", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("officer", demoPassword)
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var d struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&d); err != nil || d.ID == "" {
		t.Fatalf("upload: %d, %v", resp.StatusCode, err)
	}
	return d.ID
}

// submit sends a form and waits for what follows.
func (c custody) submit(ctx context.Context, t *testing.T, form string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](`window.before = true`)); err != nil {
		t.Fatal(err)
	}
	do(ctx, t, chromedp.Click(chromedp.CSS("main "+form+" button")))
	for range 100 {
		gone, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.before && document.readyState === "complete"`))
		if err == nil && gone {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nothing follows %s; the browser shows:\n%s", form, textOf(ctx, "body"))
}

// ask answers the five safety questions of a person by phone, and counts the taps.
func (c custody) ask(ctx context.Context, t *testing.T, number int) {
	t.Helper()
	do(ctx, t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(c.people(fmt.Sprintf("/%d", number))))
	taps, begin := 0, time.Now()
	for _, answer := range []string{"S1-2", "S2-2", "S3-2", "S4", "S5"} {
		taps++
		do(ctx, t, chromedp.Click(chromedp.CSS("label[for="+answer+"]")))
	}
	taps++
	c.submit(ctx, t, `form[action$="/answers"]`)
	t.Logf("%d taps for the five safety questions and to save them, %s by machine", taps, time.Since(begin).Round(time.Millisecond))
	if taps > 6 {
		t.Errorf("%d taps; want one for each question, and one to save", taps)
	}
	said := textOf(ctx, "main")
	for _, want := range []string{"Think of this person's safety before anything else", "Somebody else is holding", "Debt, threats, status"} {
		if !strings.Contains(strings.ReplaceAll(said, "Someone", "Somebody"), want) {
			t.Errorf("after the answers it does not say %q", want)
		}
	}
	keepPicture(ctx, t, "custody-phone")
	do(ctx, t, chromedp.EmulateViewport(1280, 900))
}

// see reads the page of the group: everybody comes first, who to tell, and to keep
// them apart.
func (c custody) see(ctx context.Context, t *testing.T) {
	t.Helper()
	do(ctx, t, chromedp.Navigate(c.people("")))
	said := textOf(ctx, "main")
	if n := strings.Count(said, "Safety first"); n != 6 {
		t.Errorf("%d of 6 come first:\n%s", n, said)
	}
	want := []string{"Keep the people of this group apart", "The custody or port supervisor", "The organised immigration crime unit"}
	for n := range 6 {
		want = append(want, fmt.Sprintf("The safeguarding lead (person %d)", n+1))
	}
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("the group's page does not say %q:\n%s", w, said)
		}
	}
	for number, prompt := range map[int]string{1: "One person holds other people's documents", 3: "Someone else is holding this person's document", 5: "Ask each person of this group alone"} {
		do(ctx, t, chromedp.Navigate(c.people(fmt.Sprintf("/%d", number))))
		if said := textOf(ctx, "main"); !strings.Contains(said, prompt) {
			t.Errorf("of person %d it does not say %q", number, prompt)
		}
	}
	keepPicture(ctx, t, "custody-people")
}

// tell sends what is suggested for one person, which brings two tasks; a report
// about the one who held the papers waits for their own safety.
func (c custody) tell(ctx context.Context, t *testing.T) {
	t.Helper()
	refer := func(rule, person string) string {
		return c.desk + "/encounters/" + c.reference + "/refer?" + url.Values{"rule": {rule}, "person": {person}}.Encode()
	}
	do(ctx, t, chromedp.Navigate(refer("R-12", "1")))
	if said := textOf(ctx, "main"); !strings.Contains(said, "Finish the safety check first") || strings.Contains(said, "Why, in your own words") {
		t.Errorf("the report can be sent before the safety check:\n%s", said)
	}
	do(ctx, t, chromedp.Navigate(refer("R-04", "2")), chromedp.Click(chromedp.CSS("label[for=nature-3]")), chromedp.SendKeys(chromedp.CSS("#reason"), "a debt was mentioned"))
	c.submit(ctx, t, `form[action$="/refer"]`)
	do(ctx, t, chromedp.Navigate(c.people("")))
	said := textOf(ctx, "main")
	for _, want := range []string{"Ask the safety questions again: person 2", "Find out how they came here, and who supplied the document: person 2", "Safeguarding lead: not acknowledged yet, due in 1"} {
		if !strings.Contains(said, want) {
			t.Errorf("after it was sent the page does not say %q:\n%s", want, said)
		}
	}
}

// print reads what is printed of each of the others.
func (c custody) print(ctx context.Context, t *testing.T) {
	t.Helper()
	for number := 2; number <= 6; number++ {
		do(ctx, t, chromedp.Navigate(c.people(fmt.Sprintf("/%d?print=1", number))))
		said := textOf(ctx, "main")
		if !strings.Contains(said, fmt.Sprintf("Person %d: safety first", number)) {
			t.Errorf("the print-out of person %d is another page:\n%s", number, said)
		}
		for _, word := range []string{thought, "exploit", "erson 1"} {
			if strings.Contains(said, word) {
				t.Errorf("the print-out of person %d says %q:\n%s", number, word, said)
			}
		}
	}
	do(ctx, t, chromedp.Navigate(c.people("/1")))
	if said := textOf(ctx, "main"); !strings.Contains(said, "Immigration and offences are folded away") || strings.Contains(said, thought) {
		t.Errorf("what is thought of person 1 is not folded:\n%s", said)
	}
}
